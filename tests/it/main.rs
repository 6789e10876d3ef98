//! Behaviour through the real binary and over real sockets: one binary, a module per subject.
