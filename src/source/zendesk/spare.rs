//! Memory of batches that are done with, for the next ones: to ask the system for new memory each time costs more than to
//! fill it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::source::input::records::BLOCK_BYTES;

/// Most bytes of copies that are kept. Memory that grew for a longer record is not worth its room.
const COPIES_MAX: usize = 4 * BLOCK_BYTES;

/// Most bytes of a block that grew for a long line and is kept: tickets with thousands of comments have some megabytes,
/// and where there is one there are others.
const LARGE_MAX: usize = 8 << 20;

/// Most such blocks.
const LARGE_BLOCKS: usize = 2;

/// See the module.
#[derive(Default)]
pub(super) struct Spare {
    copies: Mutex<Vec<Vec<u8>>>,
    /// Blocks of [`BLOCK_BYTES`].
    blocks: Mutex<Vec<Vec<u8>>>,
    /// Longer ones.
    large: Mutex<Vec<Vec<u8>>>,
}

impl Spare {
    /// Memory to copy records to.
    pub(super) fn copies(&self) -> Vec<u8> {
        // Room at once for what a batch usually comes to: growing would copy it several times.
        open(&self.copies).pop().unwrap_or_else(|| Vec::with_capacity(2 * BLOCK_BYTES))
    }

    /// Memory to read into.
    pub(super) fn block(&self) -> Vec<u8> {
        open(&self.blocks).pop().unwrap_or_else(|| vec![0; BLOCK_BYTES])
    }

    /// Memory of so many bytes or more in the place of `block`, which begins with the same; `block` itself if there is
    /// none.
    pub(super) fn larger(&self, block: Vec<u8>, bytes: usize) -> Vec<u8> {
        let mut kept = open(&self.large);
        let Some(at) = kept.iter().position(|large| large.len() >= bytes.max(block.len())) else {
            return block;
        };
        let mut large = kept.swap_remove(at);
        drop(kept);
        large[..block.len()].copy_from_slice(&block);
        self.give_block(block);
        large
    }

    /// Takes back what a batch had. A block that somebody else still has stays with them.
    pub(super) fn give(&self, mut copies: Vec<u8>, block: Option<Arc<Vec<u8>>>) {
        if (1..=COPIES_MAX).contains(&copies.capacity()) {
            copies.clear();
            open(&self.copies).push(copies);
        }
        if let Some(block) = block.and_then(Arc::into_inner) {
            self.give_block(block);
        }
    }

    fn give_block(&self, block: Vec<u8>) {
        if block.len() == BLOCK_BYTES {
            open(&self.blocks).push(block);
        } else if (BLOCK_BYTES..=LARGE_MAX).contains(&block.len()) {
            let mut kept = open(&self.large);
            kept.push(block);
            // The longer ones serve more lines.
            kept.sort_by_key(|large| std::cmp::Reverse(large.len()));
            kept.truncate(LARGE_BLOCKS);
        }
    }
}

fn open(kept: &Mutex<Vec<Vec<u8>>>) -> MutexGuard<'_, Vec<Vec<u8>>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_grew_serves_the_next_long_line() {
        let spare = Spare::default();
        let mut grown = spare.block();
        grown.resize(3 * BLOCK_BYTES, 1);
        let address = grown.as_ptr();
        spare.give(Vec::new(), Some(Arc::new(grown)));
        // What is not long gets an ordinary block.
        let mut block = spare.block();
        assert_eq!(block.len(), BLOCK_BYTES);
        block.fill(2);
        let larger = spare.larger(block, BLOCK_BYTES + 1);
        assert_eq!((larger.as_ptr(), larger.len()), (address, 3 * BLOCK_BYTES));
        assert!(larger[..BLOCK_BYTES].iter().all(|byte| *byte == 2));
        // The ordinary one was taken back, and there is no other that is larger.
        assert_eq!(open(&spare.blocks).len(), 1);
        assert_eq!(spare.larger(vec![7], 2), [7]);
    }

    #[test]
    fn what_is_kept_is_limited() {
        let spare = Spare::default();
        for bytes in [2 * BLOCK_BYTES, 4 * BLOCK_BYTES, 3 * BLOCK_BYTES, LARGE_MAX + 1] {
            spare.give(vec![0; 2 * COPIES_MAX], Some(Arc::new(vec![0; bytes])));
        }
        let kept: Vec<usize> = open(&spare.large).iter().map(Vec::len).collect();
        assert_eq!(kept, [4 * BLOCK_BYTES, 3 * BLOCK_BYTES]);
        assert!(open(&spare.copies).is_empty());
        let shared = Arc::new(spare.block());
        spare.give(Vec::new(), Some(Arc::clone(&shared)));
        assert!(open(&spare.blocks).is_empty());
    }
}
