#include "flows.h"

// The first entry of a bucket that is free or expired, and how many there are.
INLINE struct flow_entry *free_in(struct flow_entry *bucket, u32 now, int *count)
{
    struct flow_entry *free = NULL;
    int found = 0;
    for (int i = ENTRIES_PER_BUCKET - 1; i >= 0; i--) {
        u32 meta = entry_meta(bucket + i);
        if (class_of(meta) != CLASS_EMPTY && !is_expired(meta, now)) continue;
        free = bucket + i;
        found++;
    }
    *count = found;
    return free;
}

INLINE struct flow_entry *oldest_of(struct flow_entry *first, struct flow_entry *second, u32 now)
{
    struct flow_entry *oldest = first;
    for (int i = 1; i < 2 * ENTRIES_PER_BUCKET; i++) {
        struct flow_entry *other = i < ENTRIES_PER_BUCKET ? first + i : second + i - ENTRIES_PER_BUCKET;
        if (age_of(entry_meta(other), now) > age_of(entry_meta(oldest), now)) oldest = other;
    }
    return oldest;
}

NOINLINE int insert_flow(struct flow_table *table, u64 hash, u64 addresses, u64 rest, u32 meta, u32 now)
{
    struct flow_entry *first = first_bucket(table, hash), *second = second_bucket(table, hash);
    int free_first, free_second;
    struct flow_entry *victim = free_in(first, now, &free_first), *other = free_in(second, now, &free_second);
    if (free_second > free_first) victim = other;
    int displaced = free_first + free_second == 0;
    if (displaced) victim = oldest_of(first, second, now);
    // Empty in between: another process reads along and must not take half of one flow for another.
    volatile u32 *words = (volatile u32 *)victim;
    words[3] = 0;
    words[0] = (u32)addresses;
    words[1] = (u32)(addresses >> 32);
    words[2] = (u32)rest;
    words[3] = meta;
    return displaced;
}
