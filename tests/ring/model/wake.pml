/*
 * The wake-up of plugin/ring/layout.h: a reader that sleeps on a word which writers renew, and a clock
 * that moves whenever it likes. Searched exhaustively by spin, with writers that die anywhere.
 *
 * PERIOD and QUIET are layout.h's, made as short as possible. Claim and commit are one step here: ring.pml
 * models what lies between them.
 *
 * Each of these removes one thing, and a violation must be found:
 * NO_SECOND_LOOK   the clock before the swap decides whether to wake
 * NO_OWING         a token does not say that its writer may not have woken yet
 * NO_MARGIN        a writer may wake a tick later than the reader of an owing token sleeps
 * NO_RETRY         a writer whose swap fails leaves everything to the faster writer
 * NO_COMPARISON    the reader sleeps whatever the word is
 * NO_LOOK          the reader does not look at the claims before it sleeps
 */
#define WRITERS 2
#define PERIOD 2
#define QUIET 4
#ifndef LAST_TICK
#define LAST_TICK 8
#endif

/* A token is an even time, or one less if it is owing. */
#define EVEN(clock) ((clock) & ~1)
#define TIME(token) EVEN((token) + 1)
#define IS_OWING(token) ((token) % 2 == 1)
#ifdef NO_OWING
#define OWING(time) (time)
#else
#define OWING(time) ((time) - 1)
#endif
#ifdef NO_MARGIN
#define MARGIN 0
#else
#define MARGIN 1
#endif

byte now, next_ticket, wake_token, seen;
bool sleeps;
byte gone;  /* writers that do nothing any more */

/* A writer may die after each step that others can see. */
#define OR_DIE if :: may_die -> goto finished :: true fi

inline publish() {
  next_ticket++;
  OR_DIE;
  do
  :: token = wake_token;
     clock = now;
     if :: clock - TIME(token) < PERIOD -> break :: else fi;
     atomic {
       swapped = (wake_token == token);
       if :: swapped -> wake_token = OWING(EVEN(clock)) :: else fi
     }
     if
     :: swapped ->
        OR_DIE;
#ifdef NO_SECOND_LOOK
        later = clock;
#else
        later = now;
#endif
        if
        :: IS_OWING(token) || later - token >= QUIET - MARGIN -> sleeps = false; OR_DIE
        :: else
        fi;
        atomic { if :: wake_token == OWING(EVEN(clock)) -> wake_token = EVEN(clock) :: else fi };
        break
#ifdef NO_RETRY
     :: else -> break
#else
     :: else -> d_step { token = 0; clock = 0 }
#endif
     fi
  od
}

proctype Writer(bool may_die) {
  byte token, clock, later;
  bool swapped;
  publish();
finished:
  skip;
  d_step { token = 0; clock = 0; later = 0; swapped = false; gone++ }
}

active proctype Clock() {
end:
  do :: now < LAST_TICK -> now++ od
}

active proctype Reader() {
  byte token, clock;
  do
  :: token = wake_token;
     clock = now;
#ifndef NO_LOOK
     if
     :: next_ticket != seen -> seen = next_ticket; goto again
     :: else
     fi;
#endif
     if
     :: clock - token < QUIET -> goto again  /* it looks again later */
     :: else
     fi;
     atomic {
#ifdef NO_COMPARISON
       sleeps = true
#else
       if :: wake_token == token -> sleeps = true :: else fi
#endif
     }
end: !sleeps;
#ifdef NO_LOOK
     seen = next_ticket;
#endif
again:
     skip;
     d_step { token = 0; clock = 0 }
  od
}

#define UNHEARD (sleeps && seen != next_ticket)

init {
  bool some_die;
  if :: some_die = true :: some_die = false fi;
  atomic { run Writer(some_die); run Writer(some_die) }
  gone == WRITERS;
  assert(some_die || !UNHEARD);
  /* Whichever writer died: the next period's writer wakes in its place. */
end:
  now - TIME(wake_token) >= PERIOD;
  run Writer(false);
  gone == WRITERS + 1;
  assert(!UNHEARD)
}
