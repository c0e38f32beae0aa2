// Files embedded in the program: the policies and guards of the folder `Rules` and the sample data.
#ifndef CSHIPPEDRULES_H
#define CSHIPPEDRULES_H

#include <stddef.h>

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t length;
} shipped_rule;

// The policies, in the order in which they are listed to users; `index` must be below the count.
const shipped_rule *shipped_rule_at(size_t index);
extern const size_t shipped_rule_count;

// The guards of the folder `Rules/guards`, in the order in which they are listed to users.
const shipped_rule *shipped_guard_at(size_t index);
extern const size_t shipped_guard_count;

// Sample data with two tenants, as JSON Lines.
const shipped_rule *shipped_sample(void);

#endif
