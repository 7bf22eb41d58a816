// The flow table: buckets of one cache line, four exact entries of 16 bytes each, every key in one of two buckets.
#ifndef FLOWS_H
#define FLOWS_H

#include <immintrin.h>

#include "bytes.h"

enum flow_class { CLASS_EMPTY = 0, CLASS_TCP = 1, CLASS_UDP = 2, CLASS_OTHER = 3 };
enum flow_state { STATE_OPENING = 0, STATE_ESTABLISHED = 1, STATE_CLOSING = 2 };

// Backend 14 bits, class 2, time 12 (steps of 4 s), state 4.
enum { BACKEND_BITS = 14, TIME_UNIT_MILLISECONDS = 4000, ENTRIES_PER_BUCKET = 4 };
#define BACKEND_MASK 0x3FFFu
#define TIME_MASK 0xFFFu
#define STATE_AND_TIME_MASK 0xFFFF0000u

// Of an entry's second word: ports and class.
#define REST_MASK ((u64)0xC000 << 32 | 0xFFFFFFFF)

// addresses: source low, destination high; rest: ports low, then the entry's meta word, of which the key has the class.
struct flow_entry {
    u64 addresses, rest;
};

struct flow_table {
    u8 *entries;
    u64 offset_mask;
};

INLINE u32 meta_of(u32 backend, enum flow_class class, u32 time, enum flow_state state)
{
    return backend | (u32)class << BACKEND_BITS | (time & TIME_MASK) << 16 | (u32)state << 28;
}

INLINE u32 entry_meta(const struct flow_entry *entry) { return (u32)(entry->rest >> 32); }
INLINE u32 class_of(u32 meta) { return meta >> BACKEND_BITS & 3; }
INLINE u32 age_of(u32 meta, u32 now) { return (now - (meta >> 16)) & TIME_MASK; }

INLINE u32 idle_limit(u32 meta)
{
    static const u16 seconds[4][4] = { [CLASS_TCP] = { 60, 7440, 60, 60 }, [CLASS_UDP] = { 300, 300, 300, 300 }, [CLASS_OTHER] = { 60, 7440, 60, 60 } };
    return seconds[class_of(meta)][meta >> 28 & 3] / 4u;
}

INLINE int is_expired(u32 meta, u32 now) { return age_of(meta, now) > idle_limit(meta); }

INLINE struct flow_entry *first_bucket(const struct flow_table *table, u64 hash)
{
    return (struct flow_entry *)(table->entries + (hash << 6 & table->offset_mask));
}

INLINE struct flow_entry *second_bucket(const struct flow_table *table, u64 hash)
{
    return (struct flow_entry *)(table->entries + (hash * 0x9E3779B97F4A7C15 >> 30 & table->offset_mask));
}

INLINE void prefetch_flow(const struct flow_table *table, u64 hash)
{
    _mm_prefetch((const char *)first_bucket(table, hash), _MM_HINT_T0);
    _mm_prefetch((const char *)second_bucket(table, hash), _MM_HINT_T0);
}

// One bit for each entry that holds the key. The whole bucket at once: where in it a flow stands is random, and a wrong guess costs more.
INLINE u32 matches(const struct flow_entry *bucket, u64 addresses, u64 rest)
{
#if defined(__AVX512F__) && defined(__AVX512DQ__)
    const __m512i key = _mm512_broadcast_i64x2(_mm_set_epi64x((long long)rest, (long long)addresses));
    const __m512i mask = _mm512_broadcast_i64x2(_mm_set_epi64x((long long)REST_MASK, -1));
    u32 equal = _cvtmask8_u32(_mm512_cmpeq_epi64_mask(_mm512_and_si512(_mm512_loadu_si512(bucket), mask), key));
#else
    const __m256i key = _mm256_broadcastsi128_si256(_mm_set_epi64x((long long)rest, (long long)addresses));
    const __m256i mask = _mm256_broadcastsi128_si256(_mm_set_epi64x((long long)REST_MASK, -1));
    const __m256i low = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_loadu_si256((const __m256i *)bucket), mask), key);
    const __m256i high = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_loadu_si256((const __m256i *)bucket + 1), mask), key);
    u32 equal = (u32)_mm256_movemask_pd(_mm256_castsi256_pd(low)) | (u32)_mm256_movemask_pd(_mm256_castsi256_pd(high)) << 4;
#endif
    return equal & equal >> 1 & 0x55;
}

// The flow's entry, or NULL.
INLINE struct flow_entry *find_flow(const struct flow_table *table, u64 hash, u64 addresses, u64 rest)
{
    struct flow_entry *first = first_bucket(table, hash), *second = second_bucket(table, hash);
    u32 in_first = matches(first, addresses, rest), in_second = matches(second, addresses, rest);
    struct flow_entry *bucket = in_first ? first : second;
    u32 at = (u32)__builtin_ctz((in_first ? in_first : in_second) | 0x100) >> 1;
    return (in_first | in_second) ? bucket + at : NULL;
}

// Puts in a key that is not there; true if a live flow had to give way.
int insert_flow(struct flow_table *table, u64 hash, u64 addresses, u64 rest, u32 meta, u32 now);

#endif
