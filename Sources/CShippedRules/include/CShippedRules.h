// Files that the program carries inside: the policies and guards of the folder `Rules` and the sample data.
#ifndef CSHIPPEDRULES_H
#define CSHIPPEDRULES_H

#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t length;
} shipped_rule;

// In the order in which they are listed to users; `index` is below the count.
const shipped_rule *shipped_rule_at(size_t index);
extern const size_t shipped_rule_count;

// The guards of the folder `Rules/guards`, likewise.
const shipped_rule *shipped_guard_at(size_t index);
extern const size_t shipped_guard_count;

// Two tenants to try things on, as JSON Lines.
const shipped_rule *shipped_sample(void);

#endif
