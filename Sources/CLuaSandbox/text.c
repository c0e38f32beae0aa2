// Plain text functions: making script output safe to show, comparing words, matching globs.
#include "internal.h"

// Decodes one scalar; 0 for invalid UTF-8 (overlong, surrogate, out of range, truncated). *width is the number of bytes
// to skip.
static uint32_t decode(const uint8_t *bytes, size_t length, size_t *width) {
    uint8_t first = bytes[0];
    *width = 1;
    if (first < 0x80) return first ? first : 0x20;
    int more = first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xC2 && first < 0xE0 ? 1 : 0;
    if (more == 0 || length < (size_t)more + 1) return 0;
    uint32_t scalar = first & (0x3F >> more);
    for (int i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
        scalar = scalar << 6 | (bytes[i] & 0x3F);
    }
    if ((more == 2 && scalar < 0x800) || (more == 3 && (scalar < 0x10000 || scalar > 0x10FFFF)) ||
        (scalar >= 0xD800 && scalar < 0xE000))
        return 0;
    *width = (size_t)more + 1;
    return scalar;
}

// Scalars that change how their neighbours are shown, or are invisible: controls, line separators, zero width,
// direction overrides, tags, fillers (Unicode: Cc, Cf, Zl, Zp and Default_Ignorable_Code_Point; the variation selectors
// FE00-FE0F and E0100-E01EF are not included, because emoji need them). In ascending order.
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x600, 0x605},     {0x61C, 0x61C},
    {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},     {0x8E2, 0x8E2},     {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD},
    {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF},
    {0xE01F0, 0xE0FFF},
};

static bool is_unseen(uint32_t scalar) {
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen && unseen[i].first <= scalar; i++) {
        if (scalar <= unseen[i].last) return true;
    }
    return false;
}

// Whether all 8 bytes are printable ASCII, 0x20 to 0x7E.
static bool is_plain(uint64_t word) {
    const uint64_t high = 0x8080808080808080u;
    uint64_t below = word - 0x2020202020202020u, above = word + 0x0101010101010101u;
    return ((word | below | above) & high) == 0;
}

uint32_t text_neutralise(char *to, const char *from, size_t length) {
    size_t written = 0;
    // Nearly always the whole text, 8 bytes at a time.
    while (length - written >= 8 && written + 8 <= TEXT_MAX) {
        uint64_t word;
        memcpy(&word, from + written, 8);
        if (!is_plain(word)) break;
        memcpy(to + written, &word, 8);
        written += 8;
    }
    // The last bytes of a plain text, padded with spaces.
    size_t rest = length - written;
    if (rest < 8 && written + 8 <= TEXT_MAX) {
        uint64_t word = 0x2020202020202020u;
        for (size_t i = 0; i < rest; i++) ((char *)&word)[i] = from[written + i];
        if (is_plain(word)) {
            memcpy(to + written, &word, 8);
            to[length] = 0;
            return (uint32_t)length;
        }
    }
    for (size_t i = written; i < length;) {
        uint8_t byte = (uint8_t)from[i];
        if (byte >= 0x20 && byte < 0x7F) {
            if (written + 1 > TEXT_MAX) break;
            to[written++] = (char)byte;
            i++;
            continue;
        }
        size_t width;
        uint32_t scalar = decode((const uint8_t *)from + i, length - i, &width);
        const char *piece = from + i;
        size_t piece_length = width;
        if (scalar != 0 && scalar < 0x20) {
            piece = " ";
            piece_length = 1;
        } else if (byte == 0) {
            piece = " ";
            piece_length = 1;
        } else if (scalar == 0 || is_unseen(scalar)) {
            piece = "\xEF\xBF\xBD";
            piece_length = 3;
        }
        if (written + piece_length > TEXT_MAX) break;
        memcpy(to + written, piece, piece_length);
        written += piece_length;
        i += width;
    }
    to[written] = 0;
    return (uint32_t)written;
}

enum { WORD_MAX = 40 };

// The edit distance (insert, delete, replace, swap neighbours) between two words: optimal string alignment.
static uint32_t distance(const char *a, const char *b) {
    uint32_t la = (uint32_t)strlen(a), lb = (uint32_t)strlen(b);
    uint32_t rows[3][WORD_MAX + 1];
    for (uint32_t j = 0; j <= lb; j++) rows[0][j] = j;
    for (uint32_t i = 1; i <= la; i++) {
        uint32_t *now = rows[i % 3], *one = rows[(i - 1) % 3], *two = rows[(i + 1) % 3];
        now[0] = i;
        for (uint32_t j = 1; j <= lb; j++) {
            uint32_t best = one[j - 1] + (a[i - 1] != b[j - 1]);
            if (one[j] + 1 < best) best = one[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two[j - 2] + 1 < best)
                best = two[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[la % 3][lb];
}

const char *text_nearest(const char *word, const char *(*name)(const void *context, uint32_t index), uint32_t count,
                         const void *context) {
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX) return NULL;
    uint32_t best = length < 3 ? 1 : (uint32_t)(length / 3);
    const char *nearest = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const char *candidate = name(context, i);
        if (strlen(candidate) > WORD_MAX) continue;
        uint32_t edits = distance(word, candidate);
        if (edits <= best && (nearest == NULL || edits < best)) {
            best = edits;
            nearest = candidate;
        }
    }
    return nearest;
}

// `*` matches any bytes, `?` any one byte. After a mismatch only the last star is tried again, one byte further: the
// earlier ones need not move, so the cost is at most the product of the lengths.
bool text_glob(const char *pattern, size_t pattern_length, const char *text, size_t length) {
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < length) {
        if (p < pattern_length && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern_length && (pattern[p] == '?' || pattern[p] == text[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern_length && pattern[p] == '*') p++;
    return p == pattern_length;
}
