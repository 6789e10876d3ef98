//! The share of an account's budget that is used, as a table: every kind of account, alone and with other programs, and
//! latencies from 50 ms to 5 s there and back. `make pace` prints it.

use std::time::Duration;

use super::simulation::{Scenario, run};
use super::{Limit, Reserve};

/// A kind of account.
struct Account {
    name: &'static str,
    limit: u32,
    window_s: u32,
    told: &'static str,
}

const ACCOUNTS: [Account; 3] = [
    Account { name: "API key, 40 in 20 s", limit: 40, window_s: 20, told: "auto" },
    Account { name: "OAuth, 80 in 20 s", limit: 80, window_s: 20, told: "auto" },
    Account { name: "enterprise, 40 in 10 s", limit: 40, window_s: 10, told: "40/10s" },
];

/// Latency of one direction in milliseconds, from and to, and as many workers as the uploader would have.
const LATENCIES: [(&str, (u64, u64), u32); 4] = [
    ("50 ms", (25, 25), 8),
    ("140 to 200 ms", (70, 100), 8),
    ("50 ms to 5 s", (25, 2_500), 32),
    ("5 s", (2_500, 2_500), 32),
];

const ALONE: Duration = Duration::from_mins(10);

/// How much of the table.
struct Extent {
    seeds: &'static [u64],
    /// Of the account's budget, what other programs take.
    others: &'static [f64],
    /// One 429 an hour is allowed beside others, so hours have to be looked at.
    hours: u32,
}

struct Figures {
    share: f64,
    throttled: u32,
}

async fn figures(
    account: &Account,
    latency: ((u64, u64), u32),
    others: f64,
    time: Duration,
    seed: u64,
) -> Figures {
    let (latency_ms, workers) = latency;
    let per_second = f64::from(account.limit) / f64::from(account.window_s);
    let scenario = Scenario {
        name: account.name,
        limit: account.limit,
        window_s: account.window_s,
        told: account.told.parse::<Limit>().unwrap(),
        reserve: Reserve::default(),
        latency_ms,
        others: others * per_second,
        workers,
        header: true,
        seed,
    };
    let outcome = run(&scenario, time).await;
    Figures { share: outcome.share, throttled: outcome.throttled }
}

/// Prints the table; the rows that miss what is promised.
async fn table(extent: &Extent) -> Vec<String> {
    let mut missed = Vec::new();
    println!("{:24} {:>6}  {:14} {:>7}  429s", "account", "others", "latency", "share");
    for account in &ACCOUNTS {
        for &others in extent.others {
            let hours = if others > 0.0 { extent.hours } else { 0 };
            let time = if hours > 0 { Duration::from_hours(hours.into()) } else { ALONE };
            for (name, latency, workers) in LATENCIES {
                for &seed in extent.seeds {
                    let figures = figures(account, (latency, workers), others, time, seed).await;
                    let row = format!(
                        "{:24} {:>4.0} %  {name:14} {:>5.1} %  {} in {} min",
                        account.name,
                        others * 100.0,
                        figures.share * 100.0,
                        figures.throttled,
                        time.as_secs() / 60
                    );
                    println!("{row}");
                    if figures.share < 0.99 || figures.throttled > hours {
                        missed.push(row);
                    }
                }
            }
        }
    }
    missed
}

#[tokio::test(start_paused = true)]
async fn at_least_99_percent_of_the_budget_is_used() {
    let missed = table(&Extent { seeds: &[7], others: &[0.0, 0.5], hours: 2 }).await;
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test(start_paused = true)]
#[ignore = "a minute; `make pace` runs it"]
async fn with_many_seeds() {
    let missed = table(&Extent { seeds: &[1, 2, 3, 4], others: &[0.0, 0.1, 0.25, 0.5], hours: 10 }).await;
    assert!(missed.is_empty(), "{missed:#?}");
}
