/*
 * explain_pprof.c: an explanation for pprof (github.com/google/pprof, proto/profile.proto): a message of protocol
 * buffers, in gzip. A sample is a stack that executed instructions itself; setting and workload are its labels, so that
 * one file has all of them and -tagfocus chooses.
 */
#include "common/memory.h"
#include "reports/explain/explain.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The fields of profile.proto that are written, by their messages. */
enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_LOCATION = 4, PROFILE_FUNCTION, PROFILE_STRING_TABLE };
enum { TYPE_TYPE = 1, TYPE_UNIT };
enum { SAMPLE_LOCATION_ID = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_STR };
enum { LOCATION_ID = 1, LOCATION_LINE = 4 };
enum { LINE_FUNCTION_ID = 1 };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_FILENAME = 4 };

/* Of a field (protobuf.dev, "Encoding"): a number, or bytes behind their size. */
enum wire { WIRE_VARINT = 0, WIRE_BYTES = 2 };

struct profile {
    FILE *out;
    json_t *strings; /* text: its number */
    char *table;     /* the same, as the message has it */
    size_t table_size;
    FILE *table_out;
    const struct explain_run *run; /* whose functions have been written last; they begin behind `first` */
    uint64_t first, next;
};

/* A message in a message. */
struct message {
    char *bytes;
    size_t size;
    FILE *out;
};

static void put_varint(FILE *out, uint64_t value)
{
    for (; value >= 128; value >>= 7)
        fputc((int)(value & 127) | 128, out);
    fputc((int)value, out);
}

static void put_number(FILE *out, unsigned field, uint64_t value)
{
    put_varint(out, field << 3 | WIRE_VARINT);
    put_varint(out, value);
}

static void put_bytes(FILE *out, unsigned field, const char *bytes, size_t size)
{
    put_varint(out, field << 3 | WIRE_BYTES);
    put_varint(out, size);
    fwrite(bytes, 1, size, out);
}

static FILE *begin(struct message *m)
{
    return m->out = memory_stream(&m->bytes, &m->size);
}

static void end(struct message *m, FILE *into, unsigned field)
{
    fclose(m->out);
    put_bytes(into, field, m->bytes, m->size);
    free(m->bytes);
}

static uint64_t string_number(struct profile *p, const char *text)
{
    json_t *known = json_object_get(p->strings, text);
    if (known)
        return (uint64_t)json_integer_value(known);
    const size_t number = json_object_size(p->strings);
    json_object_set_new(p->strings, text, json_integer((json_int_t)number));
    put_bytes(p->table_out, PROFILE_STRING_TABLE, text, strlen(text));
    return number;
}

/* --- functions: each is a place, too ----------------------------------------- */

static void put_function(struct profile *p, const struct explain_function *f, uint64_t id)
{
    struct message m, line;
    FILE *out = begin(&m);
    put_number(out, FUNCTION_ID, id);
    put_number(out, FUNCTION_NAME, string_number(p, f->name));
    put_number(out, FUNCTION_FILENAME, string_number(p, f->owner));
    end(&m, p->out, PROFILE_FUNCTION);
    out = begin(&m);
    put_number(out, LOCATION_ID, id);
    put_number(begin(&line), LINE_FUNCTION_ID, id);
    end(&line, out, LOCATION_LINE);
    end(&m, p->out, PROFILE_LOCATION);
}

static void put_functions(struct profile *p, const struct explain_run *run)
{
    p->run = run;
    p->first = p->next;
    for (size_t i = 0; i < run->functions; i++)
        put_function(p, &run->function[i], p->next++);
}

/* --- samples ----------------------------------------------------------------- */

static void put_label(struct profile *p, FILE *out, const char *key, const char *text)
{
    struct message m;
    FILE *label = begin(&m);
    put_number(label, LABEL_KEY, string_number(p, key));
    put_number(label, LABEL_STR, string_number(p, text));
    end(&m, out, SAMPLE_LABEL);
}

/* The place that executes comes first. */
static void put_sample(struct profile *p, const struct explain_bench *b, const struct explain_region *r, size_t node)
{
    struct message m;
    FILE *out = begin(&m);
    for (int at = (int)node; at != EXPLAIN_TOP; at = r->node[at].parent)
        put_number(out, SAMPLE_LOCATION_ID, p->first + r->node[at].function);
    put_number(out, SAMPLE_VALUE, r->node[node].self);
    put_label(p, out, "setting", p->run->setting);
    put_label(p, out, "workload", b->label);
    end(&m, p->out, PROFILE_SAMPLE);
}

static void put_bench(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                      void *with)
{
    struct profile *p = with;
    const struct explain_region *r = &b->region[explain_region(c)];
    if (p->run != run)
        put_functions(p, run);
    for (size_t i = 0; i < r->nodes; i++)
        if (r->node[i].self)
            put_sample(p, b, r, i);
}

static void put_profile(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    struct profile p = {.out = out, .strings = json_object(), .next = 1};
    struct message type;
    p.table_out = memory_stream(&p.table, &p.table_size);
    string_number(&p, ""); /* the first is the empty one */
    begin(&type);
    put_number(type.out, TYPE_TYPE, string_number(&p, "instructions"));
    put_number(type.out, TYPE_UNIT, string_number(&p, "count"));
    end(&type, out, PROFILE_SAMPLE_TYPE);
    explain_each(x, c, put_bench, &p);
    fclose(p.table_out);
    fwrite(p.table, 1, p.table_size, out);
    free(p.table);
    json_decref(p.strings);
}

/* --- gzip --------------------------------------------------------------------- */

void explain_pprof(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    enum { GZIP = 16 + MAX_WBITS, MEMORY = 8 };
    struct message m;
    put_profile(x, c, begin(&m));
    fclose(m.out);
    z_stream z = {.next_in = (Bytef *)m.bytes, .avail_in = (uInt)m.size};
    if (m.size <= UINT32_MAX &&
        deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK) {
        const uLong room = deflateBound(&z, (uLong)m.size);
        char *packed = memory_zeroed(room, 1);
        z.next_out = (Bytef *)packed;
        z.avail_out = (uInt)room;
        deflate(&z, Z_FINISH);
        fwrite(packed, 1, room - z.avail_out, out);
        deflateEnd(&z);
        free(packed);
    }
    free(m.bytes);
}
