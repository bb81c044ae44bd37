// A clock for tests: preloaded into a program, the time of day stands still at CLOCK_TIME, in
// seconds since 1970. Clocks that only measure how much time passes stay as they are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t fixed(void) {
  const char *text = getenv("CLOCK_TIME");
  return text ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (clock == CLOCK_REALTIME) {
    *now = (struct timespec){.tv_sec = fixed()};
    return 0;
  }
  int (*original)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  return original(clock, now);
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  *now = (struct timeval){.tv_sec = fixed()};
  return 0;
}

time_t time(time_t *now) {
  if (now) *now = fixed();
  return fixed();
}
