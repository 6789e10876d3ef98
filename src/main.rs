//! Arguments in, exit code out.

/// Records are made on some threads and let go of on others, which the system's allocator does least well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    gorgias_import::commands::main(&arguments).into()
}
