//! `make demo`: the main job on the project's fixtures, with a death in the middle, and the proof that it came out right.
//!
//! Validates the fixtures, starts the stand-in of Gorgias in this process, runs the real program against it, kills it
//! when half of the tickets are in, looks at the status, runs it again to the end, reads everything back from the
//! stand-in and compares it with `fixtures/expected.json`, which was written without the importer. Ends with 1 if
//! anything is not as it must be. Of the crate it uses the stand-in and nothing else. Needs no account and no network.
//!
//! `DEMO_RATE=40/20s` plays the rate of a real API key; the default is ten times that, to keep the demo short.

mod child;
mod pace;
mod proof;
mod scene;
mod stage;

use std::error::Error;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gorgias_import::sandbox::{self, Observation, Observer, Phase, Sandbox, SandboxOptions};

use child::{Child, Outcome};
use proof::{Expected, Proof};
use scene::Scene;
use stage::{Rate, Stage};

/// Reading the fixtures takes a fraction of a second.
const READING: Duration = Duration::from_mins(1);
/// No kill is wanted.
const NEVER: u64 = u64::MAX;

type Fault = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let mut scene = Scene::new();
    match play(&mut scene) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            scene.bad(&format!("the demo could not be played: {fault}"));
            ExitCode::FAILURE
        }
    }
}

fn play(scene: &mut Scene) -> Result<bool, Fault> {
    let rate = Rate::from_environment()?;
    let stage = Stage::set()?;
    let expected = Expected::read(&stage.folder().join("expected.json"))?;
    validate(scene, &stage)?;

    let knife = Arc::new(Knife::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let stand_in = runtime.block_on(sandbox::start(SandboxOptions {
        store: Some(stage.store()?),
        limit: rate.limit(),
        observer: Some(observer(Arc::clone(&knife))),
        ..SandboxOptions::default()
    }))?;
    stage.write_config(stand_in.base_url())?;
    introduce(scene, &stand_in, rate);

    let began = Instant::now();
    die_half_way(scene, &stage, rate, &knife, expected.tickets() / 2)?;
    let restarted_at = stand_in.requests().len();
    status(scene, &stage)?;
    finish(scene, &stage, rate)?;
    let elapsed = began.elapsed();

    scene.act("The proof: everything read back from the stand-in");
    let proof = Proof::of(&expected, &stand_in)?;
    let spending = pace::Spending::of(&stand_in.requests(), restarted_at, rate)?;
    let good = conclude(scene, &proof, &spending, elapsed);
    runtime.block_on(stand_in.stop());
    scene.browse(&stage.browsing());
    Ok(good)
}

fn validate(scene: &mut Scene, stage: &Stage) -> Result<(), Fault> {
    scene.act("Validate: what would be imported? (no network)");
    scene.command("gorgias-import validate");
    let said = stage.listen(&["validate"], READING)?;
    scene.excerpt(&said, "findings,", "calls ");
    Ok(())
}

fn introduce(scene: &mut Scene, stand_in: &Sandbox, rate: Rate) {
    scene.act("A stand-in of Gorgias starts on this machine");
    scene.say(&format!("It is at {} and keeps what it is given on disk.", stand_in.base_url()));
    scene.say(&format!("Its rate limit is {rate}. {}", rate.remark()));
    scene.say("It notes every message that the real Gorgias would have sent to somebody.");
}

/// A run that is killed at the worst moment: a ticket was made, and the answer that says so has not left yet.
fn die_half_way(
    scene: &mut Scene,
    stage: &Stage,
    rate: Rate,
    knife: &Arc<Knife>,
    half: u64,
) -> Result<(), Fault> {
    scene.act(&format!("Run, and kill -9 when {half} tickets are in"));
    scene.command("gorgias-import run --yes");
    *knife.victim.lock().map_err(|_| "the demo's lock is broken")? = Some(stage.start(&["run", "--yes"])?);
    knife.at.store(half, Ordering::SeqCst);
    let outcome = child::watch(&knife.victim, rate.patience())?;
    knife.at.store(NEVER, Ordering::SeqCst);
    scene::restore_terminal();
    match outcome {
        Outcome::Killed => {
            scene.say("Killed, after the stand-in had stored that ticket and before its answer left.");
            Ok(())
        }
        Outcome::Ended(code) => {
            Err(format!("the run ended by itself (code {code}) before it was killed").into())
        }
    }
}

fn status(scene: &mut Scene, stage: &Stage) -> Result<(), Fault> {
    scene.act("What does the ledger know?");
    scene.command("gorgias-import status");
    scene.quote(&stage.listen(&["status"], READING)?);
    scene.say("An unknown ticket may be in Gorgias or not. It is looked up before anything is sent again.");
    Ok(())
}

fn finish(scene: &mut Scene, stage: &Stage, rate: Rate) -> Result<(), Fault> {
    scene.act("The same command again");
    scene.command("gorgias-import run --yes");
    let victim = Mutex::new(Some(stage.start(&["run", "--yes"])?));
    let outcome = child::watch(&victim, rate.patience())?;
    scene::restore_terminal();
    match outcome {
        Outcome::Ended(0) => Ok(()),
        other => Err(format!("the second run did not end well: {other}").into()),
    }
}

fn conclude(scene: &mut Scene, proof: &Proof, spending: &pace::Spending, elapsed: Duration) -> bool {
    for row in proof.rows() {
        scene.row(row);
    }
    scene.blank();
    for paragraph in spending.paragraphs(proof.tickets(), elapsed) {
        scene.say(&paragraph);
    }
    let mut faults = proof.faults();
    if spending.throttled > 0 {
        faults.push(format!("{} requests were answered 429", spending.throttled));
    }
    scene.blank();
    if faults.is_empty() {
        scene.good(&proof.verdict());
    } else {
        scene.bad(&format!("Not proved: {}.", faults.join("; ")));
    }
    faults.is_empty()
}

/// Kills a run when the stand-in has made a given number of tickets.
struct Knife {
    at: AtomicU64,
    victim: Mutex<Option<Child>>,
}

impl Default for Knife {
    fn default() -> Self {
        Self { at: AtomicU64::new(NEVER), victim: Mutex::default() }
    }
}

/// The request waits while this runs, so its answer cannot leave before the kill.
fn observer(knife: Arc<Knife>) -> Observer {
    Arc::new(move |seen: &Observation| {
        if seen.phase == Phase::Committed
            && seen.tickets >= knife.at.load(Ordering::SeqCst)
            && let Ok(mut victim) = knife.victim.lock()
            && let Some(victim) = victim.as_mut()
        {
            victim.kill();
        }
    })
}
