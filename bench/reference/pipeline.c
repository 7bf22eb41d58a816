#define _GNU_SOURCE
#include "pipeline.h"

#include <stdlib.h>
#include <time.h>

#include "layout.h"

long long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct pipeline *open_pipeline(const struct traffic *traffic, int is_shared)
{
    const struct traffic_header *header = &traffic->header;
    struct pipeline *pipeline = map_memory(sizeof *pipeline, 0, "pipeline");
    pipeline->traffic = traffic;
    pipeline->wire = (struct wire){ .traffic = traffic, .state = 0x9E3779B97F4A7C15, .free_count = (int)header->buffers };
    pipeline->wire.buffers = map_memory((u64)header->buffers * header->buffer_bytes, 0, "frame buffers");
    pipeline->wire.free = map_memory(header->buffers * sizeof(int), 0, "frame buffers");
    for (u32 i = 0; i < header->buffers; i++) pipeline->wire.free[i] = (int)(header->buffers - 1 - i);
    pipeline->flows.entries = map_memory((u64)header->flow_entries * sizeof(struct flow_entry), is_shared, "flow table");
    pipeline->flows.offset_mask = ((u64)header->flow_entries / ENTRIES_PER_BUCKET - 1) << 6;
    pipeline->recent = map_memory(RECENT_ENTRIES * sizeof(struct recent_flow), 0, "recent flows");
    pipeline->services = map_memory(1024 * sizeof(struct traffic_counters), is_shared, "counters");
    pipeline->backends = map_memory(16384 * sizeof(struct traffic_counters), is_shared, "counters");
    return pipeline;
}

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

INLINE void turn(struct pipeline *pipeline, struct mode mode)
{
    long long now = milliseconds(), before = pipeline->now;
    pipeline->now = now;
    int count = receive(&pipeline->wire, pipeline->slots, BATCH);
    u32 quiet = meta_of(0, CLASS_EMPTY, (u32)(now / TIME_UNIT_MILLISECONDS), STATE_ESTABLISHED);
    int matched = match(pipeline, mode, count, quiet);
    int forwarded = forward(pipeline, mode, count, quiet);
    pipeline->totals.flow_hits += (u32)matched - pipeline->misses;
    pipeline->totals.flow_misses += pipeline->misses;
    pipeline->misses = 0;
    leave(pipeline, count, forwarded == count);
    if (mode.flow_table && now != before) sweep(pipeline);
}

#define RUN(name, ...) \
    NOINLINE static void name(struct pipeline *pipeline) { while (pipeline->wire.left > 0) turn(pipeline, (struct mode){ __VA_ARGS__ }); }

RUN(run_mix_no_table, MULTIPLY_MIX, 0, 0)
RUN(run_mix_table, MULTIPLY_MIX, 1, 0)
RUN(run_mix_recent, MULTIPLY_MIX, 1, 1)
RUN(run_sip_no_table, SIP_HASH_1_3, 0, 0)
RUN(run_sip_table, SIP_HASH_1_3, 1, 0)
RUN(run_sip_recent, SIP_HASH_1_3, 1, 1)

void run(struct pipeline *pipeline, struct mode mode, u64 packets)
{
    static void (*const runs[2][3])(struct pipeline *) = { { run_mix_no_table, run_mix_table, run_mix_recent }, { run_sip_no_table, run_sip_table, run_sip_recent } };
    pipeline->wire.left = packets;
    runs[mode.hash == SIP_HASH_1_3][mode.flow_table + (mode.flow_table && mode.recent)](pipeline);
}

void run_nic(struct pipeline *pipeline, u64 packets)
{
    pipeline->wire.left = packets;
    while (pipeline->wire.left > 0) transmit(&pipeline->wire, pipeline->slots, receive(&pipeline->wire, pipeline->slots, BATCH));
}
