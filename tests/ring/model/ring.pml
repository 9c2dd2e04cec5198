/*
 * The ring's protocol of plugin/ring/layout.h: claim, own, mark, copy, commit; and the reader's look,
 * copy and second look. Searched exhaustively by spin, with writers that die anywhere and with the
 * orders of stores and loads that a weakly ordered machine allows.
 *
 * What a writer stores becomes visible store by store, in any order that no fence or release forbids; a
 * reader's loads are performed in any order that no acquire forbids. Stores are seen by all at once, as
 * on ARMv8; x86 allows less.
 *
 * A record has two words, so that tearing shows, and both contain the ticket. Between own and commit there
 * are two kinds of writers:
 * -DRESTARTABLE   it looks how many tickets were claimed after its own; while it stores, only few are,
 *                 because it starts again whenever it was away. With one slot: none are. No check needed
 * (without)       it goes on storing, its commit fails (compare-and-swap), and the check finds the rest
 *
 * Each of these removes one thing, and a violation must be found:
 * NO_MARK NO_GUARD NO_RELEASE_FENCE NO_RELEASE_COMMIT NO_ACQUIRE_LOOK NO_ACQUIRE_FENCE NO_SECOND_LOOK
 * NO_HOLES and, without RESTARTABLE, NO_CHECK NO_TICKET_IN_CHECK
 */
#define WRITERS 2  /* RECORDS tickets each, on SLOTS slots */

#define ODD(t) (2 * (t) + 1)
#define EVEN(t) (2 * (t) + 2)
#define WORD(t) ((t) + 1)
#define AT(t) ((t) % SLOTS)

#ifdef RESTARTABLE
#define NO_CHECK
#endif
#ifdef NO_CHECK
#define WITHOUT_CHECK true
#else
#define WITHOUT_CHECK false
#endif
#ifdef RESTARTABLE
#define TOO_LATE(t) (next_ticket - (t) > SLOTS)
#define GOES_ON (next_ticket == looked_at)
#else
#define TOO_LATE(t) (sequence[AT(t)] >= ODD(t))
#define GOES_ON true
#endif
#ifdef NO_GUARD
#undef TOO_LATE
#define TOO_LATE(t) false
#endif
#ifdef NO_MARK
#define MARK(t) skip
#else
#define MARK(t) sequence[AT(t)] = ODD(t)
#endif
#ifdef NO_TICKET_IN_CHECK
#define CHECK(word, t) (word)
#else
#define CHECK(word, t) ((word) * 16 + (t))
#endif

byte next_ticket;
byte sequence[SLOTS], one[SLOTS], two[SLOTS], check[SLOTS];
byte committed;  /* one bit for each ticket; for assertions only */
byte gone;       /* writers that do nothing any more */

#define OR_DIE if :: goto dead :: skip fi

proctype Writer() {
  byte t, claimed, looked_at;
  bool looked, marked, did_one, did_two, did_check;
  do
  :: claimed == RECORDS -> break
  :: claimed < RECORDS ->
     atomic { t = next_ticket; next_ticket++; claimed++ }
     looked = false; marked = false; did_one = false; did_two = false; did_check = WITHOUT_CHECK;
     OR_DIE;
     /* From here each step is one store that becomes visible; a guard says what must come before it. The
      * look comes before all of them; without restartable sequences it is one operation with the mark. */
     do
#ifdef RESTARTABLE
     :: !looked -> atomic {
          if :: TOO_LATE(t) -> break :: else -> looked_at = next_ticket; looked = true fi }
     :: looked && !marked -> atomic {
          if :: !GOES_ON -> break :: else -> MARK(t); marked = true fi }
        OR_DIE
#else
     :: !marked -> atomic {
          if :: TOO_LATE(t) -> break :: else -> MARK(t); marked = true fi }
        OR_DIE
#endif
#ifdef NO_RELEASE_FENCE
#define AFTER_MARK looked
#else
#define AFTER_MARK marked
#endif
     :: AFTER_MARK && !did_one -> atomic {
          if :: !GOES_ON -> break :: else -> one[AT(t)] = WORD(t); did_one = true fi }
        OR_DIE
     :: AFTER_MARK && !did_two -> atomic {
          if :: !GOES_ON -> break :: else -> two[AT(t)] = WORD(t); did_two = true fi }
        OR_DIE
#ifndef NO_CHECK
     :: AFTER_MARK && !did_check -> atomic { check[AT(t)] = CHECK(WORD(t), t); did_check = true }
        OR_DIE
#endif
#ifdef NO_RELEASE_COMMIT
     :: marked ->
#else
     :: marked && did_one && did_two && did_check ->
#endif
        atomic {
#ifdef RESTARTABLE
          if :: GOES_ON -> sequence[AT(t)] = EVEN(t); committed = committed | (1 << t) :: else fi;
#else
#ifdef NO_MARK
          if :: sequence[AT(t)] < EVEN(t) -> sequence[AT(t)] = EVEN(t); committed = committed | (1 << t) :: else fi;
#else
          if :: sequence[AT(t)] == ODD(t) -> sequence[AT(t)] = EVEN(t); committed = committed | (1 << t) :: else fi;
#endif
#endif
          break
        }
     od;
#ifdef NO_RELEASE_COMMIT
     if :: marked && !did_one -> one[AT(t)] = WORD(t) :: else fi;
     if :: marked && !did_two -> two[AT(t)] = WORD(t) :: else fi;
     if :: marked && !did_check -> check[AT(t)] = CHECK(WORD(t), t) :: else fi;
#endif
     skip;
     d_step { t = 0; looked_at = 0; looked = false; marked = false; did_one = false; did_two = false; did_check = false }
  od;
dead:
  atomic {
    t = 0; claimed = 0; looked_at = 0; looked = false; marked = false;
    did_one = false; did_two = false; did_check = false; gone++
  }
  skip
}

#ifdef NO_ACQUIRE_LOOK
#define AFTER_LOOK true
#else
#define AFTER_LOOK saw_before
#endif
#ifdef NO_ACQUIRE_FENCE
#define AFTER_COPY saw_before
#else
#define AFTER_COPY (saw_before && saw_a && saw_b && saw_c)
#endif

/* Sets before, after, a, b, c. */
inline look(t) {
  saw_before = false; saw_a = false; saw_b = false; saw_c = WITHOUT_CHECK; saw_after = false;
  do
  :: !saw_before -> before = sequence[AT(t)]; saw_before = true
  :: AFTER_LOOK && !saw_a -> a = one[AT(t)]; saw_a = true
  :: AFTER_LOOK && !saw_b -> b = two[AT(t)]; saw_b = true
#ifndef NO_CHECK
  :: AFTER_LOOK && !saw_c -> c = check[AT(t)]; saw_c = true
#endif
#ifdef NO_SECOND_LOOK
  :: saw_before && !saw_after -> after = before; saw_after = true
#else
  :: AFTER_COPY && !saw_after -> after = sequence[AT(t)]; saw_after = true
#endif
  :: saw_before && before != EVEN(t) -> after = before; break
  :: saw_before && saw_a && saw_b && saw_c && saw_after -> break
  od
}

inline take(t) {
  if
#ifndef NO_CHECK
  :: !(a == b && c == CHECK(a, t)) -> corrupt++
  :: else ->
#else
  :: true ->
#endif
     assert(a == WORD(t) && b == WORD(t));  /* not torn, not another ticket's, and written */
     assert((given & (1 << t)) == 0);       /* once */
     given = given | (1 << t);
     delivered++
  fi
}

inline visit_holes() {
  h = 0;
  do
  :: h < next && (holes & (1 << h)) != 0 ->
     look(h);
     if
     :: before < EVEN(h) -> skip
     :: before == EVEN(h) && after == EVEN(h) -> holes = holes & ~(1 << h); open_holes--; take(h)
     :: else -> holes = holes & ~(1 << h); open_holes--; lost++
     fi;
     h++
  :: h < next && (holes & (1 << h)) == 0 -> h++
  :: h >= next -> break
  od
}

active proctype Reader() {
  byte next, delivered, lost, corrupt, open_holes;
  byte holes, given, stepped_over;  /* one bit for each ticket */
  byte before, after, a, b, c, h, end, was_gone;
  bool saw_before, saw_a, saw_b, saw_c, saw_after;
  do
  :: was_gone = gone;
     look(next);
     if
     :: before == EVEN(next) && after == EVEN(next) -> take(next); next++
     :: else ->
        end = next_ticket;
        if
        :: end == next -> skip
        :: end != next && end - next > SLOTS -> lost = lost + end - SLOTS - next;
           stepped_over = stepped_over | (((1 << (end - SLOTS)) - 1) & ~((1 << next) - 1));
           next = end - SLOTS
        :: end != next && end - next <= SLOTS ->
           if
           :: before < EVEN(next) ->
#ifdef NO_HOLES
              lost++;
#else
              holes = holes | (1 << next); open_holes++;
#endif
              next++
           :: else -> corrupt++; next++
           fi
        fi
     fi;
     visit_holes();
     assert(delivered + lost + corrupt + open_holes == next);
     /* Nothing is kept from look to look: states that differ only in this are merged. */
     d_step { before = 0; after = 0; a = 0; b = 0; c = 0; h = 0; end = 0;
              saw_before = false; saw_a = false; saw_b = false; saw_c = false; saw_after = false };
     if :: was_gone == WRITERS && next == next_ticket -> break :: else fi
  od;
  visit_holes();
  /* All writers have ended: every record that was committed, and neither lapped nor stepped over and
   * counted, has been delivered. */
  h = 0;
  do
  :: h < next ->
     if
     :: (committed & (1 << h)) != 0 && next_ticket - h <= SLOTS && (stepped_over & (1 << h)) == 0 ->
#ifdef NO_CHECK
        assert((given & (1 << h)) != 0)
#else
        assert((given & (1 << h)) != 0 || corrupt != 0)
#endif
     :: else
     fi;
     h++
  :: h >= next -> break
  od
}

init { atomic { run Writer(); run Writer() } }
