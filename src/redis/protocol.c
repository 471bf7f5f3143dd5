
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The protocol of a connection: TLS if configured, the handshake, commands and
 * replies, and the health check.
 */


#include "redis/protocol.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/handshake.h"
#include "redis/health.h"
#include "redis/io.h"
#include "redis/tls.h"


static void ngx_http_print_task_redis_protocol_connected(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_protocol_close(
    ngx_http_print_task_redis_t *redis);


static const ngx_http_print_task_redis_protocol_t
    ngx_http_print_task_redis_protocol =
{
    ngx_http_print_task_redis_protocol_connected,
    ngx_http_print_task_redis_handshake,
    ngx_http_print_task_redis_health_start,
    ngx_http_print_task_redis_io_write,
    ngx_http_print_task_redis_io_flush,
    ngx_http_print_task_redis_protocol_close,
    ngx_http_print_task_redis_health_stop
};


void
ngx_http_print_task_redis_init(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_topology_t *topology,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_server_t *server,
    ngx_http_print_task_redis_script_t *scripts)
{
    redis->topology = topology;
    redis->conf = conf;
    redis->server = server;
    redis->scripts = scripts;
    redis->protocol = &ngx_http_print_task_redis_protocol;

    ngx_http_print_task_redis_conn_init(redis);
    ngx_http_print_task_redis_health_init(redis);
}


static void
ngx_http_print_task_redis_protocol_connected(
    ngx_http_print_task_redis_t *redis)
{
    if (redis->conf->ssl.on) {
        ngx_http_print_task_redis_tls_start(redis);
        return;
    }

    ngx_http_print_task_redis_handshake(redis);
}


static void
ngx_http_print_task_redis_protocol_close(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_io_stop(redis);

    if (redis->connection) {
        ngx_http_print_task_redis_tls_close(redis->connection);
    }
}
