#define _GNU_SOURCE
#include "traffic.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// A quarter full at most, for the 1,024 services of the dataplane's default capacity.
#define EXACT_SLOTS 4096

static void refuse(const char *path, const char *why)
{
    fprintf(stderr, "reference: %s: %s\n", path, why);
    exit(2);
}

void *map_memory(u64 bytes, int is_shared, const char *what)
{
    int descriptor = is_shared ? memfd_create("reference", 0) : -1;
    if (is_shared && (descriptor < 0 || ftruncate(descriptor, (off_t)bytes) != 0)) refuse(what, "no memory file");
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, (is_shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS) | MAP_POPULATE, descriptor, 0);
    if (start == MAP_FAILED) refuse(what, "no memory");
    if (is_shared) close(descriptor);
    return start;
}

static void *read_section(FILE *file, const char *path, u64 bytes)
{
    void *section = map_memory(bytes + 64, 0, path);
    if (fread(section, 1, bytes, file) != bytes) refuse(path, "cut off");
    return section;
}

static void add_service(struct traffic *traffic, const struct exact *service)
{
    u32 at = exact_hash(service->vip, service->protocol, service->port) & traffic->exact_mask;
    while (traffic->exact[at].state != 0) at = (at + 1) & traffic->exact_mask;
    traffic->exact[at] = *service;
}

static void check(const char *path, const struct traffic *traffic)
{
    const struct traffic_header *header = &traffic->header;
    u32 entries = header->flow_entries;
    if (header->algorithm != MULTIPLY_MIX && header->algorithm != SIP_HASH_1_3) refuse(path, "unknown hash");
    if (header->services == 0 || header->services > EXACT_SLOTS / 4 || header->backends == 0 || header->table_size == 0) refuse(path, "empty tables");
    if (entries < 8 || (entries & (entries - 1)) != 0 || header->flows == 0) refuse(path, "impossible sizes");
    if (header->frame_bytes > sizeof header->frame || header->source_port_at + 2 > header->frame_bytes || header->source_address_at < 2) refuse(path, "impossible frame");
    if (header->headroom < 24 || header->headroom + header->frame_bytes + 64 > header->buffer_bytes) refuse(path, "impossible buffers");
}

struct traffic load_traffic(const char *path)
{
    struct traffic traffic = { .exact_mask = EXACT_SLOTS - 1 };
    struct traffic_header *header = &traffic.header;
    FILE *file = fopen(path, "rb");
    if (file == NULL) refuse(path, "cannot be opened");
    if (fread(header, sizeof *header, 1, file) != 1 || memcmp(header->magic, "RRBENCH1", 8) != 0) refuse(path, "not a saved bench");
    check(path, &traffic);
    traffic.key = (struct hash_key){ header->key0, header->key1 };
    struct exact *services = read_section(file, path, header->services * sizeof(struct exact));
    traffic.exact = map_memory(EXACT_SLOTS * sizeof(struct exact), 1, path);
    for (u32 i = 0; i < header->services; i++) add_service(&traffic, services + i);
    traffic.backends = read_section(file, path, header->backends * sizeof(struct backend));
    traffic.table = read_section(file, path, header->table_size * sizeof(u16));
    for (u32 i = 0; i < header->table_size; i++) if (traffic.table[i] >= header->backends) refuse(path, "impossible table");
    if (header->draws > 0) traffic.draws = read_section(file, path, header->draws * sizeof(u32));
    fclose(file);
    return traffic;
}
