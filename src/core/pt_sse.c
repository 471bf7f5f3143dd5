
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes the messages of an event stream. */


#include <ngx_config.h>
#include <ngx_core.h>

#include <time.h>

#include "pt_json.h"
#include "pt_sse.h"


#define PT_SSE_TIME_LEN  (sizeof("2026-12-01T00:00:00.000Z") - 1)

/* 9999-12-31T23:59:59.999Z: RFC 3339 has four digits for a year */
#define PT_SSE_TIME_MAX  253402300799999ull


static u_char *pt_sse_id_write(u_char *dst, const ngx_str_t *position);
static u_char *pt_sse_time_write(u_char *dst, uint64_t time);
static u_char *pt_sse_digits(u_char *dst, uint64_t n, ngx_uint_t width);


ngx_uint_t
pt_sse_is_position(const ngx_str_t *text)
{
    size_t  i;

    if (text->len == 0 || text->len > PT_SSE_POSITION_MAX) {
        return 0;
    }

    for (i = 0; i < text->len; i++) {
        if (text->data[i] <= 0x20 || text->data[i] >= 0x7f) {
            return 0;
        }
    }

    return 1;
}


size_t
pt_sse_event_size(const pt_sse_event_t *event)
{
    return sizeof("id: \nevent: \ndata: {\"specversion\":\"1.0\",\"id\":\"\","
                  "\"source\":\"/print/taskDefinitions/\","
                  "\"type\":\"print.task.\",\"subject\":\"\",\"time\":\"\","
                  "\"datacontenttype\":\"application/json\",\"data\":}\n\n") - 1
           + event->position.len + pt_json_escaped(&event->position)
           + 2 * event->type.len
           + event->definition.len
           + pt_json_escaped(&event->id)
           + PT_SSE_TIME_LEN
           + pt_put_size(&event->owned, &event->id);
}


/* escaped strings contain no line break, so the data are one line */

u_char *
pt_sse_event_write(u_char *dst, const pt_sse_event_t *event)
{
    dst = pt_sse_id_write(dst, &event->position);
    dst = pt_write(dst, "event: ");
    dst = pt_write_str(dst, &event->type);
    dst = pt_write(dst, "\ndata: {\"specversion\":\"1.0\",\"id\":\"");
    dst = pt_json_escape(dst, &event->position);
    dst = pt_write(dst, "\",\"source\":\"/print/taskDefinitions/");
    dst = pt_write_str(dst, &event->definition);
    dst = pt_write(dst, "\",\"type\":\"print.task.");
    dst = pt_write_str(dst, &event->type);
    dst = pt_write(dst, "\",\"subject\":\"");
    dst = pt_json_escape(dst, &event->id);
    dst = pt_write(dst, "\",\"time\":\"");
    dst = pt_sse_time_write(dst, event->time);
    dst = pt_write(dst, "\",\"datacontenttype\":\"application/json\","
                        "\"data\":");
    dst = pt_put_write(dst, &event->owned, &event->id);

    return pt_write(dst, "}\n\n");
}


u_char *
pt_sse_retry_write(u_char *dst, ngx_uint_t ms)
{
    ngx_uint_t  n, width;

    width = 1;

    for (n = ms / 10; n; n /= 10) {
        width++;
    }

    dst = pt_write(dst, "retry: ");
    dst = pt_sse_digits(dst, ms, width);

    return pt_write(dst, "\n\n");
}


u_char *
pt_sse_position_write(u_char *dst, const ngx_str_t *position)
{
    dst = pt_sse_id_write(dst, position);

    return pt_write(dst, "\n");
}


u_char *
pt_sse_missed_write(u_char *dst, const ngx_str_t *position)
{
    dst = pt_sse_id_write(dst, position);
    dst = pt_write(dst, "event: missed\ndata: {\"position\":\"");
    dst = pt_json_escape(dst, position);

    return pt_write(dst, "\"}\n\n");
}


u_char *
pt_sse_comment_write(u_char *dst)
{
    return pt_write(dst, ":\n\n");
}


static u_char *
pt_sse_id_write(u_char *dst, const ngx_str_t *position)
{
    dst = pt_write(dst, "id: ");
    dst = pt_write_str(dst, position);

    return pt_write(dst, "\n");
}


static u_char *
pt_sse_time_write(u_char *dst, uint64_t time)
{
    time_t     sec;
    struct tm  tm;

    time = ngx_min(time, PT_SSE_TIME_MAX);
    sec = (time_t) (time / 1000);

    (void) gmtime_r(&sec, &tm);

    dst = pt_sse_digits(dst, tm.tm_year + 1900, 4);
    *dst++ = '-';
    dst = pt_sse_digits(dst, tm.tm_mon + 1, 2);
    *dst++ = '-';
    dst = pt_sse_digits(dst, tm.tm_mday, 2);
    *dst++ = 'T';
    dst = pt_sse_digits(dst, tm.tm_hour, 2);
    *dst++ = ':';
    dst = pt_sse_digits(dst, tm.tm_min, 2);
    *dst++ = ':';
    dst = pt_sse_digits(dst, tm.tm_sec, 2);
    *dst++ = '.';
    dst = pt_sse_digits(dst, time % 1000, 3);
    *dst++ = 'Z';

    return dst;
}


static u_char *
pt_sse_digits(u_char *dst, uint64_t n, ngx_uint_t width)
{
    u_char  *p;

    for (p = dst + width; p > dst; n /= 10) {
        *--p = '0' + (u_char) (n % 10);
    }

    return dst + width;
}
