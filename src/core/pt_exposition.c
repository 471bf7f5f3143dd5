
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes metrics as Prometheus text, OpenMetrics or JSON. */


#include "pt_exposition.h"

#include "pt_json.h"
#include "pt_json_scan.h"


#define PT_EXPOSITION_REPLACEMENT  "\xef\xbf\xbd"     /* U+FFFD */


static void pt_exposition_help(pt_exposition_t *ex, const char *suffix);
static void pt_exposition_sample(pt_exposition_t *ex, const char *suffix,
    const char *le);
static void pt_exposition_labels(pt_exposition_t *ex, const char *le);
static void pt_exposition_json_sample(pt_exposition_t *ex);
static void pt_exposition_json_histogram(pt_exposition_t *ex,
    const pt_histogram_t *h);
static void pt_exposition_escaped(pt_exposition_t *ex, const ngx_str_t *s);
static void pt_exposition_seconds(pt_exposition_t *ex, uint64_t us);
static void pt_exposition_write(pt_exposition_t *ex, const void *data,
    size_t len);


/* by pt_metric_type_e */

static const char  *pt_exposition_types[] = {
    "counter", "gauge", "histogram", "info"
};


/* the bounds as decimals: OpenMetrics requires canonical floats */

static const char  *pt_exposition_bounds[PT_HISTOGRAM_BUCKETS] = {
    "0.00005", "0.0001", "0.00025", "0.0005", "0.001", "0.0025",
    "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75",
    "1.0", "2.5", "5.0", "10.0"
};


void
pt_exposition_begin(pt_exposition_t *ex, pt_format_e format, u_char *start,
    size_t size)
{
    ngx_memzero(ex, sizeof(pt_exposition_t));

    ex->start = start;
    ex->size = size;
    ex->format = format;
}


void
pt_exposition_family(pt_exposition_t *ex, pt_metric_e metric)
{
    const char  *suffix;

    if (ex->format == PT_FORMAT_JSON) {
        pt_exposition_text(ex, ex->metric == NULL ? "{" : "]},");

        ex->metric = &pt_metrics[metric];
        ex->samples = 0;

        pt_exposition_text(ex, "\"");
        pt_exposition_text(ex, ex->metric->name);
        pt_exposition_text(ex, "\":{\"type\":\"");
        pt_exposition_text(ex, pt_exposition_types[ex->metric->type]);
        pt_exposition_text(ex, "\",\"help\":\"");
        pt_exposition_text(ex, ex->metric->help);
        pt_exposition_text(ex, "\",\"samples\":[");
        return;
    }

    ex->metric = &pt_metrics[metric];
    ex->samples = 0;

    /* the older text format names a family as its samples, with "_total" */

    suffix = (ex->format == PT_FORMAT_OPENMETRICS) ? ""
             : (ex->metric->type == PT_COUNTER) ? "_total"
             : (ex->metric->type == PT_INFO) ? "_info"
             : "";

    pt_exposition_help(ex, suffix);
}


static void
pt_exposition_help(pt_exposition_t *ex, const char *suffix)
{
    const char         *type;
    const pt_metric_t  *metric;

    metric = ex->metric;

    type = (metric->type == PT_INFO && ex->format == PT_FORMAT_PROMETHEUS)
           ? "gauge" : pt_exposition_types[metric->type];

    pt_exposition_text(ex, "# HELP ");
    pt_exposition_text(ex, metric->name);
    pt_exposition_text(ex, suffix);
    pt_exposition_text(ex, " ");
    pt_exposition_text(ex, metric->help);
    pt_exposition_text(ex, "\n# TYPE ");
    pt_exposition_text(ex, metric->name);
    pt_exposition_text(ex, suffix);
    pt_exposition_text(ex, " ");
    pt_exposition_text(ex, type);
    pt_exposition_text(ex, "\n");

    if (ex->format == PT_FORMAT_OPENMETRICS && metric->unit[0] != '\0') {
        pt_exposition_text(ex, "# UNIT ");
        pt_exposition_text(ex, metric->name);
        pt_exposition_text(ex, " ");
        pt_exposition_text(ex, metric->unit);
        pt_exposition_text(ex, "\n");
    }
}


void
pt_exposition_label(pt_exposition_t *ex, const char *name,
    const ngx_str_t *value)
{
    if (value->len == 0 || ex->nlabels == PT_EXPOSITION_LABELS) {
        return;
    }

    ex->labels[ex->nlabels] = name;
    ex->values[ex->nlabels] = *value;
    ex->nlabels++;
}


void
pt_exposition_word(pt_exposition_t *ex, const char *name, const char *value)
{
    ngx_str_t  s;

    s.data = (u_char *) value;
    s.len = ngx_strlen(value);

    pt_exposition_label(ex, name, &s);
}


void
pt_exposition_value(pt_exposition_t *ex, uint64_t value)
{
    if (ex->format == PT_FORMAT_JSON) {
        pt_exposition_json_sample(ex);
        pt_exposition_text(ex, "\"value\":");
        pt_exposition_number(ex, value);
        pt_exposition_text(ex, "}");

    } else {
        pt_exposition_sample(ex, ex->metric->type == PT_COUNTER ? "_total" : "",
                             NULL);
        pt_exposition_number(ex, value);
        pt_exposition_text(ex, "\n");
    }

    ex->samples++;
    ex->nlabels = 0;
}


void
pt_exposition_info(pt_exposition_t *ex)
{
    if (ex->format == PT_FORMAT_JSON) {
        pt_exposition_value(ex, 1);
        return;
    }

    pt_exposition_sample(ex, "_info", NULL);
    pt_exposition_text(ex, "1\n");

    ex->nlabels = 0;
}


void
pt_exposition_histogram(pt_exposition_t *ex, const pt_histogram_t *h)
{
    size_t       len;
    uint64_t     count;
    ngx_uint_t   i;
    const char  *le;
    char         bound[sizeof("0.00005")];

    if (ex->format == PT_FORMAT_JSON) {
        pt_exposition_json_histogram(ex, h);

    } else {
        count = 0;

        for (i = 0; i < PT_HISTOGRAM_BUCKETS; i++) {
            count += h->buckets[i];
            le = pt_exposition_bounds[i];
            len = ngx_strlen(le);

            if (ex->format == PT_FORMAT_PROMETHEUS
                && len > 2
                && le[len - 2] == '.'
                && le[len - 1] == '0')
            {
                ngx_memcpy(bound, le, len - 2);
                bound[len - 2] = '\0';
                le = bound;
            }

            pt_exposition_sample(ex, "_bucket", le);
            pt_exposition_number(ex, count);
            pt_exposition_text(ex, "\n");
        }

        count += h->buckets[PT_HISTOGRAM_BUCKETS];

        pt_exposition_sample(ex, "_bucket", "+Inf");
        pt_exposition_number(ex, count);
        pt_exposition_text(ex, "\n");

        pt_exposition_sample(ex, "_sum", NULL);
        pt_exposition_seconds(ex, h->sum);
        pt_exposition_text(ex, "\n");

        pt_exposition_sample(ex, "_count", NULL);
        pt_exposition_number(ex, count);
        pt_exposition_text(ex, "\n");
    }

    ex->samples++;
    ex->nlabels = 0;
}


void
pt_exposition_end(pt_exposition_t *ex)
{
    switch (ex->format) {

    case PT_FORMAT_OPENMETRICS:
        pt_exposition_text(ex, "# EOF\n");
        break;

    case PT_FORMAT_JSON:
        pt_exposition_text(ex, ex->metric == NULL ? "{}" : "]}}");
        break;

    default:
        break;
    }
}


/* writes the name and the labels of a line of text */

static void
pt_exposition_sample(pt_exposition_t *ex, const char *suffix, const char *le)
{
    pt_exposition_text(ex, ex->metric->name);
    pt_exposition_text(ex, suffix);

    if (ex->nlabels || le != NULL) {
        pt_exposition_text(ex, "{");
        pt_exposition_labels(ex, le);
        pt_exposition_text(ex, "}");
    }

    pt_exposition_text(ex, " ");
}


static void
pt_exposition_labels(pt_exposition_t *ex, const char *le)
{
    ngx_uint_t  i;

    for (i = 0; i < ex->nlabels; i++) {
        pt_exposition_text(ex, i ? "," : "");
        pt_exposition_text(ex, ex->labels[i]);
        pt_exposition_text(ex, "=\"");
        pt_exposition_escaped(ex, &ex->values[i]);
        pt_exposition_text(ex, "\"");
    }

    if (le != NULL) {
        pt_exposition_text(ex, i ? ",le=\"" : "le=\"");
        pt_exposition_text(ex, le);
        pt_exposition_text(ex, "\"");
    }
}


/* writes a sample without its closing brace: a histogram adds members */

static void
pt_exposition_json_sample(pt_exposition_t *ex)
{
    ngx_uint_t  i;

    pt_exposition_text(ex, ex->samples ? ",{" : "{");
    pt_exposition_text(ex, "\"labels\":{");

    for (i = 0; i < ex->nlabels; i++) {
        pt_exposition_text(ex, i ? ",\"" : "\"");
        pt_exposition_text(ex, ex->labels[i]);
        pt_exposition_text(ex, "\":");
        pt_exposition_string(ex, &ex->values[i]);
    }

    pt_exposition_text(ex, "},");
}


/* writes the buckets: each bound with the number of all values up to it */

static void
pt_exposition_json_histogram(pt_exposition_t *ex, const pt_histogram_t *h)
{
    uint64_t    count;
    ngx_uint_t  i;

    pt_exposition_json_sample(ex);
    pt_exposition_text(ex, "\"buckets\":[");

    count = 0;

    for (i = 0; i < PT_HISTOGRAM_BUCKETS; i++) {
        count += h->buckets[i];

        pt_exposition_text(ex, i ? ",[" : "[");
        pt_exposition_text(ex, pt_exposition_bounds[i]);
        pt_exposition_text(ex, ",");
        pt_exposition_number(ex, count);
        pt_exposition_text(ex, "]");
    }

    count += h->buckets[PT_HISTOGRAM_BUCKETS];

    pt_exposition_text(ex, "],\"sum\":");
    pt_exposition_seconds(ex, h->sum);
    pt_exposition_text(ex, ",\"count\":");
    pt_exposition_number(ex, count);
    pt_exposition_text(ex, "}");
}


/* writes the value of a label in text; both formats require UTF-8 */

static void
pt_exposition_escaped(pt_exposition_t *ex, const ngx_str_t *s)
{
    const u_char  *p, *end, *next;

    p = s->data;
    end = s->data + s->len;

    while (p < end) {

        if (*p >= 0x80) {
            next = pt_json_scan_utf8(p, end);

            if (next != NULL) {
                pt_exposition_write(ex, p, next - p);
                p = next;
                continue;
            }
        }

        if (*p == '\n') {
            pt_exposition_text(ex, "\\n");

        } else if (*p == '"' || *p == '\\') {
            pt_exposition_text(ex, "\\");
            pt_exposition_write(ex, p, 1);

        } else if (*p < ' ' || *p >= 0x7f) {
            pt_exposition_text(ex, PT_EXPOSITION_REPLACEMENT);

        } else {
            pt_exposition_write(ex, p, 1);
        }

        p++;
    }
}


void
pt_exposition_string(pt_exposition_t *ex, const ngx_str_t *s)
{
    size_t  len;

    pt_exposition_text(ex, "\"");

    len = pt_json_escaped(s);

    if (ex->len + len <= ex->size) {
        (void) pt_json_escape(ex->start + ex->len, s);
    }

    ex->len += len;

    pt_exposition_text(ex, "\"");
}


void
pt_exposition_number(pt_exposition_t *ex, uint64_t value)
{
    u_char  *p;
    u_char   buf[NGX_INT64_LEN];

    p = buf + sizeof(buf);

    do {
        *--p = (u_char) ('0' + value % 10);
        value /= 10;
    } while (value);

    pt_exposition_write(ex, p, buf + sizeof(buf) - p);
}


static void
pt_exposition_seconds(pt_exposition_t *ex, uint64_t us)
{
    u_char     *p;
    ngx_uint_t  i;
    u_char      fraction[6];

    p = fraction + sizeof(fraction);

    pt_exposition_number(ex, us / 1000000);
    us %= 1000000;

    for (i = 0; i < sizeof(fraction); i++) {
        *--p = (u_char) ('0' + us % 10);
        us /= 10;
    }

    pt_exposition_text(ex, ".");
    pt_exposition_write(ex, fraction, sizeof(fraction));
}


void
pt_exposition_text(pt_exposition_t *ex, const char *text)
{
    pt_exposition_write(ex, text, ngx_strlen(text));
}


static void
pt_exposition_write(pt_exposition_t *ex, const void *data, size_t len)
{
    if (ex->len + len <= ex->size) {
        ngx_memcpy(ex->start + ex->len, data, len);
    }

    ex->len += len;
}
