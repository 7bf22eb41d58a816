// First pass: of every packet service, key and hash, and its flow's buckets on their way to the cache.
#ifndef MATCH_H
#define MATCH_H

#include "layout.h"

INLINE struct recent_flow *recent_at(struct pipeline *pipeline, u64 hash)
{
    return (struct recent_flow *)((u8 *)pipeline->recent + (hash >> 24 & (RECENT_ENTRIES - 1) * sizeof(struct recent_flow)));
}

INLINE u64 hash_of_work(const struct pipeline *pipeline, struct mode mode, const struct work *work)
{
    return hash_of(mode.hash, pipeline->traffic->key, work->addresses, (u32)work->rest | (u64)(work->rest >> (32 + BACKEND_BITS)) << 32);
}

INLINE void fetch_ahead(const struct pipeline *pipeline, struct mode mode, u64 hash)
{
    const struct traffic *traffic = pipeline->traffic;
    if (mode.flow_table) prefetch_flow(&pipeline->flows, hash);
    else _mm_prefetch((const char *)(traffic->table + reduce(hash, traffic->header.table_size)), _MM_HINT_T0);
}

// One packet of the usual form for a service; 0: to be judged the slow way.
INLINE int match_usual(struct pipeline *pipeline, struct mode mode, const struct slot *slot, struct work *work, u32 quiet)
{
    struct layout found;
    if (UNLIKELY(!read_layout(slot->data, slot->length, &found))) return 0;
    work->outer = found.outer;
    work->length = (u16)found.length;
    work->verdict = FORWARDED;
    work->addresses = found.addresses;
    work->rest = found.ports | (u64)found.class << (32 + BACKEND_BITS);
    work->tcp_flags = (u8)found.tcp_flags;
    u64 hash = hash_of(mode.hash, pipeline->traffic->key, found.addresses, found.ports | (u64)found.class << 32);
    work->hash = hash;
    work->backend = -1;
    if (mode.recent) {
        const struct recent_flow *recent = recent_at(pipeline, hash);
        u64 mask = REST_MASK | (u64)STATE_AND_TIME_MASK << 32, rest = work->rest | (u64)quiet << 32;
        u64 different = (recent->entry.addresses ^ found.addresses) | ((recent->entry.rest & mask) ^ rest) | (recent->router ^ found.router);
        if ((different | (found.tcp_flags & TCP_CHANGING)) == 0) {
            work->service = recent->service;
            work->backend = (int)(entry_meta(&recent->entry) & BACKEND_MASK);
            return 1;
        }
    }
    fetch_ahead(pipeline, mode, hash);
    work->service = find_service(pipeline->traffic, (u32)(found.addresses >> 32), found.class == CLASS_TCP ? PROTOCOL_TCP : PROTOCOL_UDP, (u16)(found.ports >> 16));
    return work->service >= 0;
}

// Of every packet service and key, or the final verdict; returns how many are to be forwarded.
INLINE int match(struct pipeline *pipeline, struct mode mode, int count, u32 quiet)
{
    int settled = 0;
    u64 bytes = 0;
    for (int i = 0; i < count; i++) {
        struct work *work = pipeline->work + i;
        bytes += (u32)pipeline->slots[i].length;
        if (LIKELY(match_usual(pipeline, mode, pipeline->slots + i, work, quiet))) continue;
        judge(pipeline->traffic, pipeline->slots + i, work);
        if (work->verdict != FORWARDED) {
            settled++;
            continue;
        }
        work->hash = hash_of_work(pipeline, mode, work);
        fetch_ahead(pipeline, mode, work->hash);
    }
    pipeline->totals.received += (u32)count;
    pipeline->totals.received_bytes += bytes;
    return count - settled;
}

#endif
