
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Classifies the back end's answer to a change by its status. */


#include "pt_outcome.h"


/*
 * The default is the cautious one: a status that does not prove the end of a
 * change leaves it open.  502, 504 and statuses over 511 come from proxies,
 * which do not know the outcome of a request that they forwarded.
 */

pt_outcome_e
pt_outcome(ngx_uint_t status)
{
    switch (status) {

    case 202:
    case 502:
    case 504:
        return PT_OUTCOME_OPEN;

    case 404:
    case 409:
    case 410:
    case 412:
        return PT_OUTCOME_UNKNOWN;
    }

    if (status >= 200 && status < 300) {
        return PT_OUTCOME_ACCEPTED;
    }

    if (status >= 300 && status < 400) {
        return PT_OUTCOME_UNKNOWN;
    }

    if (status >= 400 && status < 500) {
        return PT_OUTCOME_UNCHANGED;
    }

    if (status >= 500 && status <= 511) {
        return PT_OUTCOME_UNKNOWN;
    }

    return PT_OUTCOME_OPEN;
}
