/// The only source of randomness: a cryptographically secure generator.
pub trait Random: Send + Sync {
    /// Fills the buffer with random bytes. A system without randomness must stop, not answer.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Random + '_ {
    /// An array of random bytes, for the `from_bytes` of identifiers.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}
