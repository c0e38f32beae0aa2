#include "CShippedRules.h"

static const unsigned char assigned[] = {
#embed "../../Rules/assigned.lua"
};
static const unsigned char fallback[] = {
#embed "../../Rules/fallback.lua"
};
static const unsigned char reassign[] = {
#embed "../../Rules/reassign.lua"
};
static const unsigned char strict[] = {
#embed "../../Rules/strict.lua"
};
static const unsigned char least_loaded[] = {
#embed "../../Rules/least_loaded.lua"
};

static const unsigned char daily_limit[] = {
#embed "../../Rules/guards/daily_limit.lua"
};
static const unsigned char move_limit[] = {
#embed "../../Rules/guards/move_limit.lua"
};
static const unsigned char quiet_hours[] = {
#embed "../../Rules/guards/quiet_hours.lua"
};

static const unsigned char sample[] = {
#embed "../../Examples/sample/acme-and-globex.jsonl"
};

#define RULE(name) {#name, name, sizeof name}
static const shipped_rule rules[] = {RULE(assigned), RULE(fallback), RULE(reassign), RULE(strict), RULE(least_loaded)};
const size_t shipped_rule_count = sizeof rules / sizeof *rules;
const shipped_rule *shipped_rule_at(size_t index) { return &rules[index]; }

static const shipped_rule guards[] = {RULE(daily_limit), RULE(move_limit), RULE(quiet_hours)};
const size_t shipped_guard_count = sizeof guards / sizeof *guards;
const shipped_rule *shipped_guard_at(size_t index) { return &guards[index]; }

const shipped_rule *shipped_sample(void) {
    static const shipped_rule file = RULE(sample);
    return &file;
}
