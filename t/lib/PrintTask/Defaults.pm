package PrintTask::Defaults;

=head1 NAME

PrintTask::Defaults - states, rules and limits of the module, for its tests

=head1 SYNOPSIS

    use PrintTask::Defaults;

    $Next{pending}{completed};          # true: the module allows it by default
    'x' x (BODY_MAX + 1);               # refused

=head1 DESCRIPTION

The tests write these down a second time, by hand, and compare the module with
them.  All tests take them from here.

    @States     the states of a task, in the order of their numbers
    %Next       the states that may follow a state by default
    BODY_MAX    the default of print_task_body_max, in bytes
    ID_MAX      the longest id of a definition or a task, in bytes

=cut

use strict;
use warnings;

use Exporter qw(import);

use constant BODY_MAX => 16384;
use constant ID_MAX => 128;

our @EXPORT = qw(BODY_MAX ID_MAX @States %Next);

our @States = qw(pending processing completed aborted);

our %Next = (
    pending    => { map { $_ => 1 } @States },
    processing => { map { $_ => 1 } qw(processing completed aborted) },
    completed  => {},
    aborted    => {},
);

1;
