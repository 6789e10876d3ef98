use super::*;
use crate::config::selection::Order;
use crate::model::conversation::Status;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("gorgias-import").chain(line.split_whitespace()))
}

#[test]
fn the_declaration_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_help_opens_with_three_examples() {
    let mut top = Cli::command();
    top.build();
    for command in std::iter::once(&top).chain(top.get_subcommands()).filter(|c| c.get_name() != "help") {
        let help = command.clone().render_long_help().to_string();
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| *line != "Examples:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .collect();
        assert_eq!(examples.len(), 3, "{help}");
        assert!(examples.iter().all(|line| line.len() <= 80), "too wide for a small terminal: {help}");
        assert!(help.find("Examples:") < help.find("Usage:"), "{help}");
    }
}

/// Every example is a command line that works.
#[test]
fn examples_can_be_typed() {
    let mut top = Cli::command();
    top.build();
    for command in std::iter::once(&top).chain(top.get_subcommands()) {
        let text = command.get_before_help().map(ToString::to_string).unwrap_or_default();
        for line in text.lines().filter_map(|line| line.strip_prefix("  gorgias-import ")) {
            let typed =
                line.split(['>', '|']).next().unwrap_or_default().split("   ").next().unwrap_or_default();
            if let Err(error) = parse(typed) {
                panic!("{typed}: {error}");
            }
        }
    }
}

#[test]
fn no_flag_takes_a_secret() {
    let mut top = Cli::command();
    top.build();
    for command in std::iter::once(&top).chain(top.get_subcommands()) {
        for argument in command.get_arguments() {
            let name = argument.get_id().as_str();
            assert!(!["key", "token", "secret", "password"].iter().any(|word| name.contains(word)), "{name}");
        }
    }
}

#[test]
fn common_flags_stand_before_or_after_the_command_and_in_the_environment() {
    for line in ["--json -c a.toml validate", "validate --json -c a.toml"] {
        let cli = parse(line).unwrap();
        assert!(cli.globals.json);
        assert_eq!(cli.globals.config, PathBuf::from("a.toml"));
    }
    for argument in
        Cli::command().get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str()))
    {
        let variable = argument.get_env().and_then(|name| name.to_str()).unwrap();
        let flag = argument.get_long().unwrap().to_uppercase().replace('-', "_");
        assert_eq!(variable, format!("GORGIAS_IMPORT_{flag}"));
    }
}

#[test]
fn a_selection_is_read() {
    let cli = parse(
        "run --source zendesk --source calls --since 2024-01-01 --until 2024-02-01T00:00:00Z --status open,call \
         --ids zendesk:ticket:1 zendesk:ticket:2 --limit 5 --order oldest",
    )
    .unwrap();
    let Command::Run(run) = cli.command else { panic!("not a run") };
    let request = run.selection.request();
    assert_eq!(request.sources, ["zendesk", "calls"]);
    assert_eq!(request.statuses, [Status::Open, Status::Call]);
    assert_eq!(request.keys, ["zendesk:ticket:1", "zendesk:ticket:2"]);
    assert_eq!((request.limit, request.order), (Some(5), Order::Oldest));
    assert!(request.since < request.until);
    for bad in ["--since soon", "--status opne", "--ids 48213", "--limit 0", "--order sideways"] {
        assert!(parse(&format!("run {bad}")).is_err(), "{bad}");
    }
}

#[test]
fn only_run_writes_and_only_run_has_its_limits() {
    assert!(parse("run --dry-run --max-duration 2h --max-errors 1%").is_ok());
    assert!(parse("validate --dry-run").is_err() && parse("rehearse --max-errors 1").is_err());
    assert!(parse("run --quiet --verbose").is_err());
}
