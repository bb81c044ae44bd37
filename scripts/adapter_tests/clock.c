// A clock for tests: preloaded into a program, the time of day stands still at CLOCK_TIME, in seconds
// since 1970, or goes on from there with CLOCK_MOVES. Clocks that only measure how much time passes stay
// as they are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int (*clock_function)(clockid_t, struct timespec *);

static int original(clockid_t clock, struct timespec *now) {
  static clock_function function;
  if (!function) function = (clock_function)dlsym(RTLD_NEXT, "clock_gettime");
  return function(clock, now);
}

// What the clock that only moves on said when the program was started.
static struct timespec begin;

__attribute__((constructor)) static void start(void) { original(CLOCK_MONOTONIC, &begin); }

static struct timespec shifted(void) {
  const char *text = getenv("CLOCK_TIME");
  struct timespec now = begin;
  if (getenv("CLOCK_MOVES")) original(CLOCK_MONOTONIC, &now);
  now.tv_sec -= begin.tv_sec;
  now.tv_nsec -= begin.tv_nsec;
  if (now.tv_nsec < 0) {
    now.tv_sec -= 1;
    now.tv_nsec += 1000000000;
  }
  now.tv_sec += text ? atol(text) : 0;
  return now;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (clock != CLOCK_REALTIME) return original(clock, now);
  *now = shifted();
  return 0;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec time = shifted();
  *now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *now) {
  time_t seconds = shifted().tv_sec;
  if (now) *now = seconds;
  return seconds;
}
