# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gorgias_import_global_optspecs
    string join \n c/config= state-dir= json q/quiet v/verbose color= y/yes no-input h/help V/version
end

function __fish_gorgias_import_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_gorgias_import_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_gorgias_import_using_subcommand
    set -l cmd (__fish_gorgias_import_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -s V -l version -d 'Print version'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "init" -d 'Look at exports and write migration.toml with what was found'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "validate" -d 'What would be imported, what would be lost, how long it takes (no network)'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "rehearse" -d 'The real uploader against a stand-in of Gorgias, to browse (this machine only)'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "fetch" -d 'Download attachments and recordings ahead of the run, links that expire first'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "run" -d 'Upload to Gorgias; run it again to resume'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "undo" -d 'Take back what this tool created, to the trash first (a preview unless --execute)'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "fix-links" -d 'Second pass over links between old tickets (a preview unless --execute)'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "rebuild" -d 'Make the ledger anew from the account, by look-up; writes nothing to Gorgias'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "status" -d 'Where the current or last run stands, from another terminal too'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "verify" -d 'Read back from Gorgias and compare; writes nothing to Gorgias'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "explain" -d 'Everything known about one record: where it stands, what was sent, what came of it'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "report" -d 'Write the certificate of a run again, with a runbook for the cutover'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "clean" -d 'Delete staging, files and reports that hold personal data; the ledger stays'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "sandbox" -d 'Serve the stand-in of Gorgias alone (this machine only)'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "man" -d 'Write the man pages'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "schema" -d 'Print the JSON Schema of what `--json` prints'
complete -c gorgias-import -n "__fish_gorgias_import_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s o -l out -d 'Where to write the config [default: the file of --config]' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -l force -d 'Overwrite the config and the tables beside it if they exist'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l source -d 'Only this source (repeatable)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l since -d 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l until -d 'Only what was last active before this date (UTC)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l status -d 'Only tickets in this state of the old help desk (repeatable, or with commas)' -r -f -a "new\t''
open\t''
pending\t''
hold\t''
solved\t''
closed\t''
call\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l ids -d 'Only these records, by key: zendesk:ticket:48213' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l ids-from -d 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l limit -d 'At most so many tickets' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l order -d 'Which come first, by last activity' -r -f -a "newest\t''
oldest\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l report -d 'Also write a report; the kind follows the name: .html, .csv or .json (repeatable)' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l source -d 'Only this source (repeatable)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l since -d 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l until -d 'Only what was last active before this date (UTC)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l status -d 'Only tickets in this state of the old help desk (repeatable, or with commas)' -r -f -a "new\t''
open\t''
pending\t''
hold\t''
solved\t''
closed\t''
call\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l ids -d 'Only these records, by key: zendesk:ticket:48213' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l ids-from -d 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l limit -d 'At most so many tickets' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l order -d 'Which come first, by last activity' -r -f -a "newest\t''
oldest\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l faults -d 'How unreliable the stand-in is' -r -f -a "none\t'Reliable'
light\t'As a service is on a bad day: some 429, some 5xx, slow answers'
nasty\t'As bad as it gets: resets and hangs after the write, HTML errors, tickets that lists see late'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l seed -d 'Seed of the faults, so that a rehearsal can be repeated' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l browse -d 'Serve the result as web pages until Ctrl-C, without a terminal too'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l no-browse -d 'End at once, on a terminal too'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rehearse" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l source -d 'Only this source (repeatable)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l since -d 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l until -d 'Only what was last active before this date (UTC)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l status -d 'Only tickets in this state of the old help desk (repeatable, or with commas)' -r -f -a "new\t''
open\t''
pending\t''
hold\t''
solved\t''
closed\t''
call\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l ids -d 'Only these records, by key: zendesk:ticket:48213' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l ids-from -d 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l limit -d 'At most so many tickets' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l order -d 'Which come first, by last activity' -r -f -a "newest\t''
oldest\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l max-duration -d 'Stop after this long, such as 90m or 7h30m; run again to go on' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l stop-at -d 'Stop at this time of day on this machine\'s clock, such as 07:30; run again to go on' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l pause-file -d 'Send nothing as long as this file exists; make it to pause, remove it to go on' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l max-errors -d 'Stop after so many rejected records: a number, or a share such as 1%' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l dry-run -d 'Read from Gorgias, write nothing: what would be created and what is there already'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l source -d 'Only this source (repeatable)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l since -d 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l until -d 'Only what was last active before this date (UTC)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l status -d 'Only tickets in this state of the old help desk (repeatable, or with commas)' -r -f -a "new\t''
open\t''
pending\t''
hold\t''
solved\t''
closed\t''
call\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l ids -d 'Only these records, by key: zendesk:ticket:48213' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l ids-from -d 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l limit -d 'At most so many tickets' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l order -d 'Which come first, by last activity' -r -f -a "newest\t''
oldest\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l confirm -d 'The account\'s name, as the config or its base_url has it' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l execute -d 'Do it, instead of saying what would be done'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l purge -d 'Delete from the trash, for good, what was moved there, and the customers and tags of the import that nothing else uses'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l confirm -d 'The account\'s name, as the config or its base_url has it' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l execute -d 'Do it, instead of saying what would be done'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand fix-links" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand rebuild" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -l watch -d 'Keep showing it until the run ends'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l source -d 'Only this source (repeatable)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l since -d 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l until -d 'Only what was last active before this date (UTC)' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l status -d 'Only tickets in this state of the old help desk (repeatable, or with commas)' -r -f -a "new\t''
open\t''
pending\t''
hold\t''
solved\t''
closed\t''
call\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l ids -d 'Only these records, by key: zendesk:ticket:48213' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l ids-from -d 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l limit -d 'At most so many tickets' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l order -d 'Which come first, by last activity' -r -f -a "newest\t''
oldest\t''"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l sample -d 'Check so many tickets, drawn at random, and say what that proves' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l confidence -d 'How sure a sample is to make, such as 99%; without --sample as many tickets are drawn as prove that at most 1% differ' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l seed -d 'Seed of the sample, so that the same tickets can be drawn again' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l files -d 'Read files back as well and compare their contents by hash: a call for each file; without it their name, address and size are compared'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -l show-body -d 'Show texts, names and addresses as well'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l report -d 'Write it to this file; the kind follows the name: .html, .csv or .json (repeatable)' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l run -d 'Of this run [default: the last one]' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l cutover -d 'When Gorgias is to take over, by this machine\'s clock, such as 2026-12-01T08:00: the runbook says by when to begin' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l redacted -d 'Without the names of the account and of sources'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand clean" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l port -d 'Port on this machine; 0 takes a free one' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l store -d 'Keep the stand-in\'s account in this folder, so that it outlives the process' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l account -d 'JSON file that describes the account: users, rules, settings' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l limit -d 'Rate limit, such as 40/20s, or unlimited' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l faults -d 'How unreliable it is' -r -f -a "none\t'Reliable'
light\t'As a service is on a bad day: some 429, some 5xx, slow answers'
nasty\t'As bad as it gets: resets and hangs after the write, HTML errors, tickets that lists see late'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l seed -d 'Seed of the faults' -r
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -l out -d 'Folder to write the pages into, one for each command; without it the main page goes to stdout' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -s c -l config -d 'The config file' -r -F
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -l state-dir -d 'Folder for the ledger, reports and logs' -r -f -a "(__fish_complete_directories)"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Always'
never\t'Never'"
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -l json -d 'Machine-readable output on stdout, errors as a last JSON object on stderr'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -s q -l quiet -d 'Say only what went wrong'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -s v -l verbose -d 'Say more; twice for everything'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -s y -l yes -d 'Answer yes to the question that `run` asks'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -l no-input -d 'Never ask; end with code 2 where an answer would be needed'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "init" -d 'Look at exports and write migration.toml with what was found'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "validate" -d 'What would be imported, what would be lost, how long it takes (no network)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "rehearse" -d 'The real uploader against a stand-in of Gorgias, to browse (this machine only)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "fetch" -d 'Download attachments and recordings ahead of the run, links that expire first'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "run" -d 'Upload to Gorgias; run it again to resume'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "undo" -d 'Take back what this tool created, to the trash first (a preview unless --execute)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "fix-links" -d 'Second pass over links between old tickets (a preview unless --execute)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "rebuild" -d 'Make the ledger anew from the account, by look-up; writes nothing to Gorgias'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "status" -d 'Where the current or last run stands, from another terminal too'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "verify" -d 'Read back from Gorgias and compare; writes nothing to Gorgias'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "explain" -d 'Everything known about one record: where it stands, what was sent, what came of it'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "report" -d 'Write the certificate of a run again, with a runbook for the cutover'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "clean" -d 'Delete staging, files and reports that hold personal data; the ledger stays'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "sandbox" -d 'Serve the stand-in of Gorgias alone (this machine only)'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "completions" -d 'Print shell completions'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "man" -d 'Write the man pages'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "schema" -d 'Print the JSON Schema of what `--json` prints'
complete -c gorgias-import -n "__fish_gorgias_import_using_subcommand help; and not __fish_seen_subcommand_from init validate rehearse fetch run undo fix-links rebuild status verify explain report clean sandbox completions man schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
