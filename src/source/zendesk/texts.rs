//! Many short texts in few allocations, each named by a few bytes.

/// Bytes of one block; a longer text has a block of its own.
const BLOCK_BYTES: usize = 1 << 20;

/// Texts that are only ever added.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<String>);

/// The name of a text in [`Texts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextAt {
    block: u32,
    start: u32,
    length: u32,
}

impl Texts {
    /// Keeps `text`. Beyond 4 GiB in one text or four thousand million blocks there is no name for it, and it is kept
    /// as nothing.
    pub(super) fn add(&mut self, text: &str) -> TextAt {
        let fits = self.0.last().is_some_and(|block| block.len() + text.len() <= block.capacity());
        if !fits {
            self.0.push(String::with_capacity(text.len().max(BLOCK_BYTES)));
        }
        let count = self.0.len();
        let Some(block) = self.0.last_mut() else { return TextAt::default() };
        let at = (u32::try_from(count - 1), u32::try_from(block.len()), u32::try_from(text.len()));
        let (Ok(number), Ok(start), Ok(length)) = at else { return TextAt::default() };
        block.push_str(text);
        TextAt { block: number, start, length }
    }

    /// The text of that name.
    pub(super) fn get(&self, at: TextAt) -> &str {
        let (start, length) = (at.start as usize, at.length as usize);
        self.0.get(at.block as usize).and_then(|block| block.get(start..start + length)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        let mut texts = Texts::default();
        let long = "é".repeat(BLOCK_BYTES);
        let kept: Vec<(TextAt, &str)> =
            ["", "Kim", &long, "é", ""].into_iter().map(|text| (texts.add(text), text)).collect();
        for (at, text) in kept {
            assert_eq!(texts.get(at), text);
        }
        assert_eq!(Texts::default().get(TextAt::default()), "");
    }
}
