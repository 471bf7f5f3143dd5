
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Writes metrics as Prometheus text format 0.0.4, as OpenMetrics 1.0, or as
 * JSON, from the same calls:
 *     pt_exposition_begin()
 *         pt_exposition_family()
 *             pt_exposition_label() ... pt_exposition_value()
 *     pt_exposition_end()
 * Output that does not fit in the buffer is counted and not written. len is the
 * size of the whole output, so that a second run can use a buffer of that size.
 */


#ifndef _PT_EXPOSITION_H_INCLUDED_
#define _PT_EXPOSITION_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_metrics.h"


#define PT_EXPOSITION_LABELS  4


typedef enum {
    PT_FORMAT_PROMETHEUS = 0,
    PT_FORMAT_OPENMETRICS,
    PT_FORMAT_JSON,
    PT_FORMAT_N
} pt_format_e;


typedef struct {
    u_char             *start;
    size_t              size;
    size_t              len;

    pt_format_e         format;
    const pt_metric_t  *metric;      /* NULL before the first family */
    ngx_uint_t          samples;     /* of this family */

    ngx_uint_t          nlabels;     /* of the next sample */
    const char         *labels[PT_EXPOSITION_LABELS];
    ngx_str_t           values[PT_EXPOSITION_LABELS];
} pt_exposition_t;


void pt_exposition_begin(pt_exposition_t *ex, pt_format_e format,
    u_char *start, size_t size);
void pt_exposition_family(pt_exposition_t *ex, pt_metric_e metric);

/* adds a label to the next sample; an empty value means no label */
void pt_exposition_label(pt_exposition_t *ex, const char *name,
    const ngx_str_t *value);
void pt_exposition_word(pt_exposition_t *ex, const char *name,
    const char *value);

void pt_exposition_value(pt_exposition_t *ex, uint64_t value);
void pt_exposition_info(pt_exposition_t *ex);
void pt_exposition_histogram(pt_exposition_t *ex, const pt_histogram_t *h);

/* writes the last line of text, or closes the metrics of JSON */
void pt_exposition_end(pt_exposition_t *ex);

/* writes JSON of the caller, before and after the metrics */
void pt_exposition_text(pt_exposition_t *ex, const char *text);
void pt_exposition_number(pt_exposition_t *ex, uint64_t value);
void pt_exposition_string(pt_exposition_t *ex, const ngx_str_t *s);


#endif /* _PT_EXPOSITION_H_INCLUDED_ */
