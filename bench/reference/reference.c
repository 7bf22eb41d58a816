// The dataplane's work per packet in C: what `rustyrail-dataplane bench` is measured against. Traffic and tables come from its --save.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pipeline.h"

enum { MOST_ROUNDS = 99 };

struct options {
    const char *path;
    u64 packets;
    int rounds, is_private, is_shown, is_nic_only, is_json;
    // Its hash is 0 where the file decides.
    struct mode mode;
};

static const char usage[] =
    "usage: reference [--packets N] [--rounds N] [--hash multiply-mix|siphash-1-3] [--no-flow-table] [--recent] [--private] [--nic-only] [--frames] [--json] FILE\n"
    "FILE: of rustyrail-dataplane bench --save. --recent: a cache of recent flows. --private: the flow table is not shared memory.\n"
    "--frames: prints what becomes of each packet, instead of the time.\n";

static struct options parse(int count, char **arguments)
{
    struct options options = { .packets = 2000000, .rounds = 5, .mode = { .flow_table = 1 } };
    int is_wrong = 0;
    static const struct option known[] = {
        { "packets", required_argument, NULL, 'p' }, { "rounds", required_argument, NULL, 'r' }, { "hash", required_argument, NULL, 'h' }, { "no-flow-table", no_argument, NULL, 't' },
        { "recent", no_argument, NULL, 'c' }, { "private", no_argument, NULL, 'm' }, { "nic-only", no_argument, NULL, 'n' }, { "frames", no_argument, NULL, 'f' },
        { "json", no_argument, NULL, 'j' }, { 0 },
    };
    for (int option; (option = getopt_long(count, arguments, "", known, NULL)) != -1;) {
        if (option == 'p') options.packets = strtoull(optarg, NULL, 10);
        else if (option == 'r') options.rounds = atoi(optarg);
        else if (option == 'h' && strcmp(optarg, "multiply-mix") == 0) options.mode.hash = MULTIPLY_MIX;
        else if (option == 'h' && strcmp(optarg, "siphash-1-3") == 0) options.mode.hash = SIP_HASH_1_3;
        else if (option == 't') options.mode.flow_table = 0;
        else if (option == 'c') options.mode.recent = 1;
        else if (option == 'm') options.is_private = 1;
        else if (option == 'n') options.is_nic_only = 1;
        else if (option == 'j') options.is_json = 1;
        else if (option == 'f') options.is_shown = 1;
        else is_wrong = 1;
    }
    if (is_wrong || optind != count - 1 || options.packets < BATCH || options.rounds < 1 || options.rounds > MOST_ROUNDS) {
        fputs(usage, stderr);
        exit(2);
    }
    options.path = arguments[optind];
    return options;
}

static double run_round(struct pipeline *pipeline, const struct options *options, u64 packets)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (options->is_nic_only) run_nic(pipeline, packets);
    else run(pipeline, options->mode, packets);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / (double)packets;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int measure(struct pipeline *pipeline, const struct options *options)
{
    const struct traffic_header *header = &pipeline->traffic->header;
    double times[MOST_ROUNDS];
    if (header->warm_up > 0) run_round(pipeline, options, header->warm_up);
    u64 before = pipeline->wire.transmitted;
    for (int i = 0; i < options->rounds; i++) times[i] = run_round(pipeline, options, options->packets);
    qsort(times, (size_t)options->rounds, sizeof *times, compare);
    u64 forwarded = pipeline->wire.transmitted - before;
    const struct totals *totals = &pipeline->totals;
    double median = times[options->rounds / 2];
    if (options->is_json) printf("{\"nsPerPacket\":%.2f,\"nsPerPacketMin\":%.2f,\"nsPerPacketMax\":%.2f,\"mpps\":%.2f,\"flows\":%u,\"packets\":%llu,\"rounds\":%d,\"batch\":%d,"
        "\"forwarded\":%llu,\"flowMisses\":%llu,\"flowsInserted\":%llu,\"flowsDisplaced\":%llu}\n", median, times[0], times[options->rounds - 1], 1000 / median, header->flows,
        (unsigned long long)options->packets, options->rounds, BATCH, (unsigned long long)forwarded, (unsigned long long)totals->flow_misses,
        (unsigned long long)totals->inserted, (unsigned long long)totals->displaced);
    else printf("%.1f ns/packet (min %.1f, max %.1f), %.1f Mpps; %u flows, batch %d\n", median, times[0], times[options->rounds - 1], 1000 / median, header->flows, BATCH);
    return forwarded == options->packets * (u64)options->rounds ? 0 : 1;
}

// As LeavingFrames.cs prints them.
static void show(const struct pipeline *pipeline, int count)
{
    for (int i = 0; i < count; i++) {
        const struct work *work = pipeline->work + i;
        const struct slot *slot = pipeline->slots + i;
        if (work->verdict != FORWARDED) {
            printf("- %d %d\n", work->verdict, work->reason);
            continue;
        }
        printf("%d ", work->backend);
        for (int j = 0; j < slot->length; j++) printf("%02X", slot->data[j]);
        putchar('\n');
    }
}

int main(int count, char **arguments)
{
    struct options options = parse(count, arguments);
    struct traffic traffic = load_traffic(options.path);
    if (options.mode.hash == 0) options.mode.hash = traffic.header.algorithm;
    struct pipeline *pipeline = open_pipeline(&traffic, !options.is_private);
    if (!options.is_shown) return measure(pipeline, &options);
    pipeline->show = show;
    run(pipeline, options.mode, options.packets);
    return pipeline->totals.forwarded == options.packets ? 0 : 1;
}
