/*
 * The ring's protocol of plugin/ring/layout.h: claim, own, mark, copy, commit; and the reader's look,
 * copy, second look. Exhaustively searched by spin, with writers that die anywhere and stores and loads
 * that a weakly ordered machine performs in another order than the program's.
 *
 * Order of memory. What is stored becomes visible store by store; a writer's own stores that no fence or
 * release separates become visible in any order (here: mark and words when there is no fence [b], words
 * among themselves, commit and words when the commit is no release [c]). Loads that no acquire separates
 * are performed in any order. That is what multi-copy atomic machines do (ARMv8; x86 does less).
 *
 * -DRESTARTABLE: own to commit is a restartable sequence: a writer that was away for a lap does not store
 *                any more. Without it the slot is owned by compare-and-swap, and the check word is needed.
 * -DCHECKED:     the reader compares the check, keyed with the ticket.
 *
 * Each of these takes one thing away, and spin has to find what it was for:
 * -DNO_MARK -DNO_GUARD -DNO_RELEASE_FENCE -DNO_RELEASE_COMMIT -DNO_ACQUIRE_LOOK -DNO_ACQUIRE_FENCE
 * -DNO_SECOND_LOOK -DNO_TICKET_IN_CHECK -DNO_HOLES
 */
#define SLOTS 2
#define WRITERS 2
#ifndef RECORDS
#define RECORDS 2  /* of each writer */
#endif
#define HOLES 4
#define ODD(t) (2 * (t) + 1)
#define EVEN(t) (2 * (t) + 2)
/* A record of two words, so that tearing shows; 0 was never written. */
#define WORD(t) ((t) + 1)

byte next_ticket = 0;
byte sequence[SLOTS];
byte first[SLOTS];
byte second[SLOTS];
byte check[SLOTS];        /* of which record the check word is; see CHECKED */
byte ends = 0;            /* writers that will not do anything any more */
byte committed = 0;       /* by tickets, one bit each: for the reader's last word */

#ifdef NO_TICKET_IN_CHECK
#define CHECK_OF(word, ticket) ((word))
#else
#define CHECK_OF(word, ticket) ((word) * 8 + (ticket) + 1)
#endif

/* Was the writer away for a lap? Then the kernel starts its sequence anew instead of letting it store. */
#if defined(RESTARTABLE) && !defined(NO_GUARD)
#define MAY_STORE(t) (next_ticket - (t) <= SLOTS)
#else
#define MAY_STORE(t) true
#endif

#define OR_DIE if :: goto dead :: skip fi

proctype Writer(byte who) {
  byte t, s, record, tries;
  bool marked, one, two, checked;
  do
  :: record < RECORDS ->
     record++;
     tries = 0;
again:
     if :: tries == 2 -> goto dropped :: else -> tries++ fi;
     atomic { t = next_ticket; next_ticket++; s = t % SLOTS }
     OR_DIE;
#ifdef NO_MARK
     marked = true;
#else
     marked = false;
#endif
     one = false; two = false; checked = false;
     /* own and mark: one instruction of the sequence, or one compare-and-swap */
#ifndef NO_RELEASE_FENCE
     atomic {
#ifndef NO_GUARD
       if :: sequence[s] >= ODD(t) || !MAY_STORE(t) -> goto again :: else fi;
#endif
       if :: !marked -> sequence[s] = ODD(t); marked = true :: else fi
     }
     OR_DIE;
#endif
     do
#ifdef NO_RELEASE_FENCE
     :: !marked -> atomic {
          if :: sequence[s] >= ODD(t) || !MAY_STORE(t) -> goto again
             :: else -> sequence[s] = ODD(t); marked = true fi }
        OR_DIE
#endif
     :: !one -> atomic { if :: MAY_STORE(t) -> first[s] = WORD(who * RECORDS + record) :: else -> goto again fi; one = true }
        OR_DIE
     :: !two -> atomic { if :: MAY_STORE(t) -> second[s] = WORD(who * RECORDS + record) :: else -> goto again fi; two = true }
        OR_DIE
     :: !checked -> atomic { if :: MAY_STORE(t) -> check[s] = CHECK_OF(WORD(who * RECORDS + record), t) :: else -> goto again fi; checked = true }
        OR_DIE
#ifdef NO_RELEASE_COMMIT
     :: marked ->
#else
     :: marked && one && two && checked ->
#endif
        atomic {
#ifdef RESTARTABLE
          if :: MAY_STORE(t) -> sequence[s] = EVEN(t); committed = committed | (1 << t)
             :: else -> goto again fi;
#else
          if :: sequence[s] == ODD(t) -> sequence[s] = EVEN(t); committed = committed | (1 << t)
             :: else -> goto again fi;
#endif
        }
        break
     od;
#ifdef NO_RELEASE_COMMIT
     /* What has not become visible yet does so after the commit. */
     do
     :: !one -> atomic { first[s] = WORD(who * RECORDS + record); one = true }
     :: !two -> atomic { second[s] = WORD(who * RECORDS + record); two = true }
     :: !checked -> atomic { check[s] = CHECK_OF(WORD(who * RECORDS + record), t); checked = true }
     :: one && two && checked -> break
     od;
#endif
dropped:
     skip
  :: else -> break
  od;
dead:
  ends++
}

byte next = 0;
byte delivered = 0;
byte lost = 0;
byte corrupt = 0;
byte holes = 0;          /* how many */
byte hole_tickets = 0;   /* which, one bit each */
byte given = 0;          /* what was handed out, by ticket */

/* One look at ticket t's slot: the two words, and whether the look at the sequence before and the one
 * after said that they are t's. */
inline look(t) {
  before = 0; after = 0; a = 0; b = 0; c = 0;
  d_before = false; d_a = false; d_b = false; d_c = false; d_after = false;
  do
  :: !d_before -> before = sequence[t % SLOTS]; d_before = true
#ifdef NO_ACQUIRE_LOOK
  :: !d_a -> a = first[t % SLOTS]; d_a = true
  :: !d_b -> b = second[t % SLOTS]; d_b = true
  :: !d_c -> c = check[t % SLOTS]; d_c = true
#else
  :: d_before && !d_a -> a = first[t % SLOTS]; d_a = true
  :: d_before && !d_b -> b = second[t % SLOTS]; d_b = true
  :: d_before && !d_c -> c = check[t % SLOTS]; d_c = true
#endif
#ifdef NO_SECOND_LOOK
  :: d_a && d_b && d_c && d_before && !d_after -> after = before; d_after = true
#else
#ifdef NO_ACQUIRE_FENCE
  :: d_before && !d_after -> after = sequence[t % SLOTS]; d_after = true
#else
  :: d_before && d_a && d_b && d_c && !d_after -> after = sequence[t % SLOTS]; d_after = true
#endif
#endif
  :: d_before && before != EVEN(t) -> break
  :: d_before && d_a && d_b && d_c && d_after -> break
  od
}

/* The look at t gave a record: what the reader does with it. */
inline hand_out(t) {
#ifdef CHECKED
  if
  :: c != CHECK_OF(a, t) || a != b -> corrupt++
  :: else ->
#endif
     assert(a == b);                       /* not torn */
     assert(a != 0);                       /* written at all */
     assert((given & (1 << t)) == 0);      /* once */
#ifdef CHECKED
#ifndef NO_TICKET_IN_CHECK
     assert(c == CHECK_OF(a, t));
#endif
#endif
     /* Not another ticket's record: the writers' stores say whose it is. */
     assert(words_of_ticket_ok(t));
     given = given | (1 << t);
     delivered++
#ifdef CHECKED
  fi
#endif
}
