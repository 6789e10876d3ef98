//! A buffer that stands aside for whoever reads much at a time.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes read at a time for those who take what comes: large enough that most lines are found in one piece.
const BUFFER_BYTES: usize = 256 << 10;

/// From so many bytes on a read goes past the buffer, right to where it is wanted: to be copied once more would cost as
/// much as half of the unpacking.
const MUCH: usize = 64 << 10;

/// See the module.
pub(super) struct Through<R>(BufReader<R>);

impl<R: Read> Through<R> {
    pub(super) fn new(inner: R) -> Self {
        Self(BufReader::with_capacity(BUFFER_BYTES, inner))
    }
}

impl<R: Read> Read for Through<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.buffer().is_empty() && buffer.len() >= MUCH {
            return self.0.get_mut().read(buffer);
        }
        self.0.read(buffer)
    }
}

impl<R: Read> BufRead for Through<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.0.consume(bytes);
    }
}

impl<R: Read + Seek> Seek for Through<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_reads_follow_each_other() {
        let bytes: Vec<u8> = (0..3 * BUFFER_BYTES).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let mut through = Through::new(io::Cursor::new(&bytes));
        let mut read = Vec::new();
        for size in [1, MUCH, 7, 2 * MUCH, BUFFER_BYTES].into_iter().cycle() {
            let mut part = vec![0; size];
            let count = through.read(&mut part).unwrap();
            read.extend_from_slice(&part[..count]);
            if count == 0 {
                break;
            }
        }
        assert_eq!(read, bytes);
        through.seek(SeekFrom::Start(5)).unwrap();
        assert_eq!(through.fill_buf().unwrap()[0], bytes[5]);
    }
}
