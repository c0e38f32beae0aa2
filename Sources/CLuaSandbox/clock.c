// Local time: the time that a clock shows at a place. The caller computes the offset from UTC, so that a call gives the
// same answer on a machine with another time zone database.
#include "internal.h"

enum { MINUTE_MS = 60000, DAY_MINUTES = 1440, CHARGE = 8 };

static int64_t floor_divided(int64_t number, int64_t by) {
    int64_t quotient = number / by;
    return number % by < 0 ? quotient - 1 : quotient;
}

// The day of the Gregorian calendar that is `days` after 1970-01-01, by Howard Hinnant's `civil_from_days`.
static void calendar_day(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
    days += 719468;  // from 0000-03-01
    int64_t era = floor_divided(days, 146097);
    int64_t of_era = days - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

int clock_local_time(lua_State *L) {
    sandbox *box = verdicts_in_call(L, "local_time");
    limits_charge(L, CHARGE);
    const sandbox_rows *rows = box->request->set;
    bool of_subject = !lua_isnone(L, 1);
    if (of_subject) {
        uint32_t detail, place;
        if (views_check(L, 1, &detail, &place) != HANDLE_SUBJECT)
            return limits_raise(L, SANDBOX_FAULT_RUNTIME, SANDBOX_CODE_INVALID_ARGUMENT,
                                "local_time: expected the %s or nothing, found %s",
                                box->request->subject->schema->noun, environment_type_name(L, 1));
        rows = box->request->subject;
    }
    int64_t minutes = floor_divided(box->request->now, MINUTE_MS) + rows->utc_offset;
    TRACE(box, time, of_subject, minutes * MINUTE_MS);
    int64_t days = floor_divided(minutes, DAY_MINUTES), year, month, day;
    int64_t of_day = minutes - days * DAY_MINUTES;
    calendar_day(days, &year, &month, &day);
    // 1970 began on a Thursday: Monday is 1, Sunday 7.
    int64_t weekday = days + 3 - floor_divided(days + 3, 7) * 7 + 1;
    const int64_t values[] = {of_day / 60, of_day % 60, weekday, day, month, year};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) lua_pushinteger(L, values[i]);
    return (int)(sizeof values / sizeof *values);
}
