//! (to come)

use std::ops::ControlFlow;

use super::{ReadContext, Record, SourceError, SourceFacts, SourceSpec};

pub(super) fn read(
    _spec: &SourceSpec,
    _context: &ReadContext<'_>,
    _sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    Ok(SourceFacts::default())
}
