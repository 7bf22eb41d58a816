// Second pass: backend and rewrite; then what is forwarded leaves and is counted.
#ifndef FORWARD_H
#define FORWARD_H

#include "match.h"

INLINE int choose_backend(struct pipeline *pipeline, struct mode mode, struct work *work, u32 quiet)
{
    const struct traffic *traffic = pipeline->traffic;
    if (!mode.flow_table) {
        work->backend = traffic->table[reduce(work->hash, traffic->header.table_size)];
        return LIKELY(traffic->backends[work->backend].flags & HAS_NEXT_HOP) || dropped(work, NO_NEXT_HOP);
    }
    if (mode.recent && work->backend >= 0) return 1;
    struct flow_entry *entry = find_flow(&pipeline->flows, work->hash, work->addresses, work->rest);
    if (LIKELY(entry != NULL)) {
        u32 meta = entry_meta(entry), backend = meta & BACKEND_MASK;
        u32 other = ((meta & STATE_AND_TIME_MASK) ^ quiet) | (work->tcp_flags & TCP_CHANGING);
        if (LIKELY(other == 0 && backend < traffic->header.backends && (~traffic->backends[backend].flags & (TAKES_ESTABLISHED | HAS_NEXT_HOP)) == 0)) {
            work->backend = (int)backend;
            if (mode.recent) {
                u64 router = work->outer != NULL ? read32(work->outer + 12) | (u64)1 << 32 : 0;
                *recent_at(pipeline, work->hash) = (struct recent_flow){ *entry, router, work->service, 0 };
            }
            return 1;
        }
    }
    if (mode.recent) *recent_at(pipeline, work->hash) = (struct recent_flow){ 0 };
    return choose(pipeline, work, entry);
}

INLINE int rewrite(struct slot *slot, struct work *work, const struct backend *backend)
{
    u8 *outer = work->outer;
    if (UNLIKELY(outer == NULL)) return rewrite_other(slot, work, backend);
    u64 first = read64(outer);
    u32 middle = read32(outer + 8);
    if (UNLIKELY((u8)first != IPV4_WITHOUT_OPTIONS || (u8)middle < 2 || work->length > backend->mtu_bytes)) return rewrite_other(slot, work, backend);
    write_header(outer, (first & 0x0000FFFFFFFFFFFF) | (u64)DONT_FRAGMENT_RAW << 48, (middle & 0xFFFF) - 1, backend);
    write_macs(slot->data, backend);
    slot->length = ETHERNET_BYTES + work->length;
    return 1;
}

INLINE int forward(struct pipeline *pipeline, struct mode mode, int count, u32 quiet)
{
    int forwarded = 0;
    for (int i = 0; i < count; i++) {
        struct work *work = pipeline->work + i;
        if (UNLIKELY(work->verdict != FORWARDED) || UNLIKELY(!choose_backend(pipeline, mode, work, quiet))) continue;
        forwarded += rewrite(pipeline->slots + i, work, pipeline->traffic->backends + work->backend);
    }
    return forwarded;
}

INLINE void count_forwarded(struct pipeline *pipeline, int from, int to)
{
    u64 bytes = 0;
    for (int i = from; i < to; i++) {
        u64 length = (u32)pipeline->slots[i].length;
        struct traffic_counters *service = pipeline->services + pipeline->work[i].service, *backend = pipeline->backends + pipeline->work[i].backend;
        service->packets++;
        service->bytes += length;
        backend->packets++;
        backend->bytes += length;
        bytes += length;
    }
    pipeline->totals.forwarded += (u64)(to - from);
    pipeline->totals.forwarded_bytes += bytes;
}

// In order; what is forwarded leaves run by run, the rest is given back.
INLINE void leave(struct pipeline *pipeline, int count, int are_all_forwarded)
{
    for (int next = 0; next < count;) {
        int end = are_all_forwarded ? count : next;
        while (end < count && pipeline->work[end].verdict == FORWARDED) end++;
        transmit(&pipeline->wire, pipeline->slots + next, end - next);
        count_forwarded(pipeline, next, end);
        if (end < count) {
            const struct work *work = pipeline->work + end;
            if (work->verdict == HOST) pipeline->totals.host++;
            else pipeline->totals.dropped++;
            pipeline->totals.reasons[work->reason]++;
            give(&pipeline->wire, pipeline->slots + end++);
        }
        next = end;
    }
}

#endif
