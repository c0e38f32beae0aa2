// Returns free memory to the system, so that resident memory equals memory in use.
#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

#include "CBaseline.h"

void baseline_trim(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
