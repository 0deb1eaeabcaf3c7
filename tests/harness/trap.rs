use std::net::{Ipv4Addr, TcpListener};

/// A listener that a provider which follows an address would knock at.
pub struct Trap(TcpListener);

impl Trap {
    pub fn set() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/trap", self.0.local_addr().unwrap().port())
    }

    pub fn assert_untouched(&self) {
        let knocked = self.0.accept();
        assert!(knocked.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock));
    }
}
