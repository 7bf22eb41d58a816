#define _GNU_SOURCE
#include "pipeline.h"

#include <stdlib.h>
#include <time.h>

#include "forward.h"

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
    if (UNLIKELY(pipeline->show != NULL)) pipeline->show(pipeline, count);
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
