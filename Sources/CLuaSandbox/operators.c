// `#` and `^` for policies: functions that depend only on their operands.
//
// Lua's `#t` of a table with gaps depends on the layout of the table: on the string keys that it once held, on their
// hashes under this process's seed, on the time of collections. And `^` is the C library's `pow`, whose rounding
// differs between libraries and processors. So policies are compiled with calls in place of these operators (see
// OperatorCalls in LuaSyntax), and the calls lead here.
#include <math.h>
#include <stdlib.h>

#include "internal.h"

// Products and sums are rounded separately, even if the processor could combine them.
#pragma STDC FP_CONTRACT OFF

// ---- Lengths

static bool is_there(lua_State *L, int table, lua_Integer place) {
    bool is_there = lua_rawgeti(L, table, place) != LUA_TNIL;
    lua_pop(L, 1);
    return is_there;
}

// A border of the table at `table`, without metamethods: n with t[n] present, or n = 0, and t[n + 1] nil. It is found
// by doubling and halving, so that it depends only on the content. For a list without gaps it is the number of items.
static lua_Integer border(lua_State *L, int table) {
    lua_Integer below = 0, above = 1;
    while (is_there(L, table, above)) {
        below = above;
        above *= 2;  // a table of 2^62 items does not fit into any memory cap
    }
    while (above - below > 1) {
        lua_Integer middle = below + (above - below) / 2;
        if (is_there(L, table, middle)) below = middle;
        else above = middle;
    }
    return below;
}

lua_Integer operators_length(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (!lua_istable(L, index) || mirror_is_part(L, box_of(L), index)) return luaL_len(L, index);
    environment_push_content(L, index);
    lua_Integer length = border(L, lua_gettop(L));
    lua_pop(L, 1);
    return length;
}

// __length(value): what `#value` is compiled to.
static int length_of(lua_State *L) {
    lua_settop(L, 1);
    int type = lua_type(L, 1);
    if (type != LUA_TTABLE && type != LUA_TSTRING && type != LUA_TLIGHTUSERDATA && type != LUA_TUSERDATA)
        return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_OPERAND,
                            "attempt to get length of %s", environment_type_name(L, 1));
    if (type == LUA_TTABLE && !mirror_is_part(L, box_of(L), 1)) limits_charge(L, 1);
    lua_pushinteger(L, operators_length(L, 1));
    return 1;
}

void operators_fill_last(lua_State *L, int argument) {
    if (lua_istable(L, 1) && lua_isnoneornil(L, argument)) {
        lua_settop(L, argument - 1);
        lua_pushinteger(L, operators_length(L, 1));
    }
}

int operators_insert(lua_State *L) {
    lua_Integer end = operators_length(L, 1) + 1, place = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        place = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)place - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        for (lua_Integer i = end; i > place; i--) {
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, place);
    return 0;
}

int operators_remove(lua_State *L) {
    lua_Integer size = operators_length(L, 1), place = luaL_optinteger(L, 2, size);
    if (place != size)
        luaL_argcheck(L, (lua_Unsigned)place - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    lua_geti(L, 1, place);
    for (; place < size; place++) {
        lua_geti(L, 1, place + 1);
        lua_seti(L, 1, place);
    }
    lua_pushnil(L);
    lua_seti(L, 1, place);
    return 1;
}

// ---- Powers

// A number as the sum of two doubles, the second less than half a unit in the last place of the first: about 106 bits.
// It uses additions, multiplications and divisions, which IEEE 754 rounds the same everywhere.
typedef struct {
    double high, low;
} pair;

static pair sum(double a, double b) {
    double high = a + b, part = high - a;
    return (pair){high, (a - (high - part)) + (b - part)};
}

static pair split(double a) {
    double scaled = 134217729.0 * a;  // 2^27 + 1
    double high = scaled - (scaled - a);
    return (pair){high, a - high};
}

static pair product(double a, double b) {
    double high = a * b;
    pair x = split(a), y = split(b);
    return (pair){high, ((x.high * y.high - high) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

static pair pair_add(pair a, pair b) {
    pair s = sum(a.high, b.high);
    return sum(s.high, s.low + (a.low + b.low));
}

static pair pair_multiply(pair a, pair b) {
    pair p = product(a.high, b.high);
    return sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

static pair pair_divide(pair a, pair b) {
    double first = a.high / b.high;
    pair back = pair_multiply((pair){first, 0}, b);
    pair rest = pair_add(a, (pair){-back.high, -back.low});
    return sum(first, rest.high / b.high);
}

static const pair ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

// The natural logarithm of a finite a > 0: twice the inverse hyperbolic tangent of (m - 1) / (m + 1), by its series,
// for a = m * 2^e with m near 1.
static pair logarithm(double a) {
    int exponent;
    double m = frexp(a, &exponent);
    if (m < 0x1.6a09e667f3bcdp-1) {
        m *= 2;
        exponent--;
    }
    pair s = pair_divide(sum(m, -1), sum(m, 1)), square = pair_multiply(s, s);
    pair series = {0, 0};
    for (int k = 39; k >= 1; k -= 2)
        series = pair_add(pair_multiply(series, square), pair_divide((pair){1, 0}, (pair){k, 0}));
    series = pair_multiply(s, series);
    return pair_add((pair){2 * series.high, 2 * series.low}, pair_multiply(ln2, (pair){exponent, 0}));
}

// e^x for |x.high| < 800.
static double exponential(pair x) {
    double n = floor(x.high / ln2.high + 0.5);
    pair r = pair_add(x, pair_multiply(ln2, (pair){-n, 0}));
    pair series = {1, 0};
    for (int k = 27; k >= 1; k--)
        series = pair_add(pair_divide(pair_multiply(series, r), (pair){k, 0}), (pair){1, 0});
    return ldexp(series.high, (int)n);
}

static int binary_exponent(double a) {
    int exponent;
    frexp(a, &exponent);
    return exponent;
}

// a^n for a > 0 and a small n >= 1, for results far from both ends of the range of a double.
static double small_power(double a, int n, bool is_inverse) {
    pair result = {1, 0};
    for (pair factor = {a, 0}; n > 0; n /= 2, factor = pair_multiply(factor, factor))
        if (n % 2 == 1) result = pair_multiply(result, factor);
    return is_inverse ? pair_divide((pair){1, 0}, result).high : result.high;
}

double operators_power(double base, double exponent) {
    if (exponent == 0 || base == 1) return 1;
    if (isnan(base) || isnan(exponent)) return base + exponent;
    double size = fabs(base);
    if (isinf(exponent)) {
        if (size == 1) return 1;
        return (size > 1) == (exponent > 0) ? HUGE_VAL : 0;
    }
    bool is_whole = floor(exponent) == exponent;
    bool is_odd = is_whole && fabs(exponent) < 0x1p53 && fmod(exponent, 2) != 0;
    bool is_negative = signbit(base) && is_odd;
    double result;
    if (size == 0 || isinf(size)) {
        result = (size == 0) == (exponent > 0) ? 0 : HUGE_VAL;
    } else if (base < 0 && !is_whole) {
        return NAN;
    } else if (exponent == 1 || size == 1) {
        result = size;
    } else if (is_whole && fabs(exponent) <= 64 && abs(binary_exponent(size)) * fabs(exponent) < 400) {
        result = small_power(size, (int)fabs(exponent), exponent < 0);
    } else {
        pair log = logarithm(size);
        double estimate = log.high * exponent;
        if (estimate > 800) result = HUGE_VAL;
        else if (estimate < -800) result = 0;
        else result = exponential(pair_multiply(log, (pair){exponent, 0}));
    }
    return is_negative ? -result : result;
}

// __power(base, exponent): what `base ^ exponent` is compiled to.
static int power_of(lua_State *L) {
    lua_settop(L, 2);
    for (int i = 1; i <= 2; i++) {
        if (lua_type(L, i) != LUA_TNUMBER)
            return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_OPERAND,
                                "attempt to perform arithmetic on %s",
                                environment_type_name(L, i));
    }
    double base = lua_tonumber(L, 1), exponent = lua_tonumber(L, 2);
    limits_charge(L, exponent == 2 ? 1 : 200);
    lua_pushnumber(L, exponent == 2 ? base * base : operators_power(base, exponent));
    return 1;
}

void operators_open(lua_State *L) {
    lua_pushcfunction(L, length_of);
    lua_setfield(L, 1, SANDBOX_OPERATOR_LENGTH);
    lua_pushcfunction(L, power_of);
    lua_setfield(L, 1, SANDBOX_OPERATOR_POWER);
}
