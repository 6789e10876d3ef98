
use builtin;
use str;

set edit:completion:arg-completer[gorgias-import] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'gorgias-import'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'gorgias-import'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Look at exports and write migration.toml with what was found'
            cand validate 'What would be imported, what would be lost, how long it takes (no network)'
            cand rehearse 'The real uploader against a stand-in of Gorgias, to browse (this machine only)'
            cand fetch 'Download attachments and recordings ahead of the run, links that expire first'
            cand run 'Upload to Gorgias; run it again to resume'
            cand undo 'Take back what this tool created, to the trash first (a preview unless --execute)'
            cand fix-links 'Second pass over links between old tickets (a preview unless --execute)'
            cand rebuild 'Make the ledger anew from the account, by look-up; writes nothing to Gorgias'
            cand status 'Where the current or last run stands, from another terminal too'
            cand verify 'Read back from Gorgias and compare; writes nothing to Gorgias'
            cand explain 'Everything known about one record: where it stands, what was sent, what came of it'
            cand report 'Write the certificate of a run again, with a runbook for the cutover'
            cand clean 'Delete staging, files and reports that hold personal data; the ledger stays'
            cand sandbox 'Serve the stand-in of Gorgias alone (this machine only)'
            cand completions 'Print shell completions'
            cand man 'Write the man pages'
            cand schema 'Print the JSON Schema of what `--json` prints'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gorgias-import;init'= {
            cand -o 'Where to write the config [default: the file of --config]'
            cand --out 'Where to write the config [default: the file of --config]'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --force 'Overwrite the config and the tables beside it if they exist'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;validate'= {
            cand --source 'Only this source (repeatable)'
            cand --since 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too'
            cand --until 'Only what was last active before this date (UTC)'
            cand --status 'Only tickets in this state of the old help desk (repeatable, or with commas)'
            cand --ids 'Only these records, by key: zendesk:ticket:48213'
            cand --ids-from 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys'
            cand --limit 'At most so many tickets'
            cand --order 'Which come first, by last activity'
            cand --report 'Also write a report; the kind follows the name: .html, .csv or .json (repeatable)'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;rehearse'= {
            cand --source 'Only this source (repeatable)'
            cand --since 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too'
            cand --until 'Only what was last active before this date (UTC)'
            cand --status 'Only tickets in this state of the old help desk (repeatable, or with commas)'
            cand --ids 'Only these records, by key: zendesk:ticket:48213'
            cand --ids-from 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys'
            cand --limit 'At most so many tickets'
            cand --order 'Which come first, by last activity'
            cand --faults 'How unreliable the stand-in is'
            cand --seed 'Seed of the faults, so that a rehearsal can be repeated'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --browse 'Serve the result as web pages until Ctrl-C, without a terminal too'
            cand --no-browse 'End at once, on a terminal too'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;fetch'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;run'= {
            cand --source 'Only this source (repeatable)'
            cand --since 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too'
            cand --until 'Only what was last active before this date (UTC)'
            cand --status 'Only tickets in this state of the old help desk (repeatable, or with commas)'
            cand --ids 'Only these records, by key: zendesk:ticket:48213'
            cand --ids-from 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys'
            cand --limit 'At most so many tickets'
            cand --order 'Which come first, by last activity'
            cand --max-duration 'Stop after this long, such as 90m or 7h30m; run again to go on'
            cand --stop-at 'Stop at this time of day on this machine''s clock, such as 07:30; run again to go on'
            cand --pause-file 'Send nothing as long as this file exists; make it to pause, remove it to go on'
            cand --max-errors 'Stop after so many rejected records: a number, or a share such as 1%'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --dry-run 'Read from Gorgias, write nothing: what would be created and what is there already'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;undo'= {
            cand --source 'Only this source (repeatable)'
            cand --since 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too'
            cand --until 'Only what was last active before this date (UTC)'
            cand --status 'Only tickets in this state of the old help desk (repeatable, or with commas)'
            cand --ids 'Only these records, by key: zendesk:ticket:48213'
            cand --ids-from 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys'
            cand --limit 'At most so many tickets'
            cand --order 'Which come first, by last activity'
            cand --confirm 'The account''s name, as the config or its base_url has it'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --execute 'Do it, instead of saying what would be done'
            cand --purge 'Delete from the trash, for good, what was moved there, and the customers and tags of the import that nothing else uses'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;fix-links'= {
            cand --confirm 'The account''s name, as the config or its base_url has it'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --execute 'Do it, instead of saying what would be done'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;rebuild'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;status'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --watch 'Keep showing it until the run ends'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;verify'= {
            cand --source 'Only this source (repeatable)'
            cand --since 'Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too'
            cand --until 'Only what was last active before this date (UTC)'
            cand --status 'Only tickets in this state of the old help desk (repeatable, or with commas)'
            cand --ids 'Only these records, by key: zendesk:ticket:48213'
            cand --ids-from 'Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys'
            cand --limit 'At most so many tickets'
            cand --order 'Which come first, by last activity'
            cand --sample 'Check so many tickets, drawn at random, and say what that proves'
            cand --confidence 'How sure a sample is to make, such as 99%; without --sample as many tickets are drawn as prove that at most 1% differ'
            cand --seed 'Seed of the sample, so that the same tickets can be drawn again'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --files 'Read files back as well and compare their contents by hash: a call for each file; without it their name, address and size are compared'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;explain'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --show-body 'Show texts, names and addresses as well'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;report'= {
            cand --report 'Write it to this file; the kind follows the name: .html, .csv or .json (repeatable)'
            cand --run 'Of this run [default: the last one]'
            cand --cutover 'When Gorgias is to take over, by this machine''s clock, such as 2026-12-01T08:00: the runbook says by when to begin'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --redacted 'Without the names of the account and of sources'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;clean'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;sandbox'= {
            cand --port 'Port on this machine; 0 takes a free one'
            cand --store 'Keep the stand-in''s account in this folder, so that it outlives the process'
            cand --account 'JSON file that describes the account: users, rules, settings'
            cand --limit 'Rate limit, such as 40/20s, or unlimited'
            cand --faults 'How unreliable it is'
            cand --seed 'Seed of the faults'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;completions'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;man'= {
            cand --out 'Folder to write the pages into, one for each command; without it the main page goes to stdout'
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;schema'= {
            cand -c 'The config file'
            cand --config 'The config file'
            cand --state-dir 'Folder for the ledger, reports and logs'
            cand --color 'When to use colour'
            cand --json 'Machine-readable output on stdout, errors as a last JSON object on stderr'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more; twice for everything'
            cand --verbose 'Say more; twice for everything'
            cand -y 'Answer yes to the question that `run` asks'
            cand --yes 'Answer yes to the question that `run` asks'
            cand --no-input 'Never ask; end with code 2 where an answer would be needed'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gorgias-import;help'= {
            cand init 'Look at exports and write migration.toml with what was found'
            cand validate 'What would be imported, what would be lost, how long it takes (no network)'
            cand rehearse 'The real uploader against a stand-in of Gorgias, to browse (this machine only)'
            cand fetch 'Download attachments and recordings ahead of the run, links that expire first'
            cand run 'Upload to Gorgias; run it again to resume'
            cand undo 'Take back what this tool created, to the trash first (a preview unless --execute)'
            cand fix-links 'Second pass over links between old tickets (a preview unless --execute)'
            cand rebuild 'Make the ledger anew from the account, by look-up; writes nothing to Gorgias'
            cand status 'Where the current or last run stands, from another terminal too'
            cand verify 'Read back from Gorgias and compare; writes nothing to Gorgias'
            cand explain 'Everything known about one record: where it stands, what was sent, what came of it'
            cand report 'Write the certificate of a run again, with a runbook for the cutover'
            cand clean 'Delete staging, files and reports that hold personal data; the ledger stays'
            cand sandbox 'Serve the stand-in of Gorgias alone (this machine only)'
            cand completions 'Print shell completions'
            cand man 'Write the man pages'
            cand schema 'Print the JSON Schema of what `--json` prints'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gorgias-import;help;init'= {
        }
        &'gorgias-import;help;validate'= {
        }
        &'gorgias-import;help;rehearse'= {
        }
        &'gorgias-import;help;fetch'= {
        }
        &'gorgias-import;help;run'= {
        }
        &'gorgias-import;help;undo'= {
        }
        &'gorgias-import;help;fix-links'= {
        }
        &'gorgias-import;help;rebuild'= {
        }
        &'gorgias-import;help;status'= {
        }
        &'gorgias-import;help;verify'= {
        }
        &'gorgias-import;help;explain'= {
        }
        &'gorgias-import;help;report'= {
        }
        &'gorgias-import;help;clean'= {
        }
        &'gorgias-import;help;sandbox'= {
        }
        &'gorgias-import;help;completions'= {
        }
        &'gorgias-import;help;man'= {
        }
        &'gorgias-import;help;schema'= {
        }
        &'gorgias-import;help;help'= {
        }
    ]
    $completions[$command]
}
