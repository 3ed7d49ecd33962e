//! TCP sockets seen through NETLINK_SOCK_DIAG, see `sock_diag(7)`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{
    AF_INET, AF_INET6, IPPROTO_TCP, TCP_CLOSING, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_LAST_ACK,
    TCP_LISTEN,
};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;

/// Where `struct tcp_info` has `tcpi_bytes_received`, a native u64 (since Linux 4.1).
const BYTES_RECEIVED: std::ops::Range<usize> = 128..136;
/// ENOENT: no such socket.
const NOT_FOUND: i32 = -2;

/// The state of the peer's socket: how much of what was sent to it has arrived and been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread {
    /// Bytes that wait to be read.
    pub(super) waiting: u32,
    /// Bytes that have arrived since the connection was made, read or not.
    pub(super) received: u64,
}

/// A netlink socket. A question and its answer take a few microseconds; nothing waits.
#[derive(Debug)]
pub(super) struct Socket {
    socket: netlink_sys::Socket,
    sequence: u32,
    buffer: Vec<u8>,
}

impl Socket {
    /// Opens one.
    ///
    /// # Errors
    ///
    /// The system refuses it.
    pub(super) fn open() -> io::Result<Self> {
        let mut socket = netlink_sys::Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
        // The kernel answers before the system call of the query returns, so an answer that is not available now will
        // not come.
        socket.set_non_blocking(true)?;
        Ok(Self { socket, sequence: 0, buffer: vec![0; 8192] })
    }

    /// Whether a socket at `address` exists and listens.
    ///
    /// # Errors
    ///
    /// The kernel gave no answer.
    pub(super) fn is_listening(&mut self, address: SocketAddr) -> io::Result<bool> {
        let nobody: IpAddr = match address {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let found = self.ask(address, SocketAddr::new(nobody, 0))?;
        Ok(found.is_some_and(|response| response.header.state == TCP_LISTEN))
    }

    /// The state of the socket at `peer` that is connected to ours at `ours`. `None` if there is no such socket, or
    /// nothing will read from it again.
    ///
    /// # Errors
    ///
    /// The kernel gave no answer.
    pub(super) fn unread(&mut self, peer: SocketAddr, ours: SocketAddr) -> io::Result<Option<Unread>> {
        Ok(self.ask(peer, ours)?.and_then(|response| unread(&response)))
    }

    fn ask(&mut self, address: SocketAddr, remote: SocketAddr) -> io::Result<Option<InetResponse>> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        header.sequence_number = self.sequence;
        // An IPv4 peer of an IPv6 listener is found by its IPv4 address, whichever family its own socket has.
        let (source, destination) = (address.ip().to_canonical(), remote.ip().to_canonical());
        let request = InetRequest {
            family: if source.is_ipv4() { AF_INET } else { AF_INET6 },
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::INFO,
            states: StateFlags::all(),
            socket_id: SocketId {
                source_port: address.port(),
                destination_port: remote.port(),
                source_address: source,
                destination_address: destination,
                interface_id: 0,
                // Any cookie.
                cookie: [0xff; 8],
            },
        };
        let mut question = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
        question.finalize();
        self.buffer.resize(self.buffer.len().max(question.buffer_len()), 0);
        question.serialize(&mut self.buffer);
        let length = question.buffer_len();
        self.socket.send(self.buffer.get(..length).unwrap_or_default(), 0)?;
        self.answer()
    }

    /// Reads up to the answer to the last query; an answer that nothing waited for may precede it.
    fn answer(&mut self) -> io::Result<Option<InetResponse>> {
        loop {
            let length = self.socket.recv(&mut self.buffer.as_mut_slice(), 0)?;
            let bytes = self.buffer.get(..length).unwrap_or_default();
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(bytes).map_err(io::Error::other)?;
            if message.header.sequence_number != self.sequence {
                continue;
            }
            return match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => Ok(Some(*response)),
                NetlinkPayload::Error(error) if error.raw_code() == NOT_FOUND => Ok(None),
                NetlinkPayload::Error(error) => Err(error.to_io()),
                _ => Err(io::Error::other("an invalid answer")),
            };
        }
    }
}

/// What the state of the peer's socket means for our writes.
fn unread(response: &InetResponse) -> Option<Unread> {
    let header = &response.header;
    match header.state {
        TCP_ESTABLISHED => {}
        // The peer has closed its sending direction and may still read, unless its process has closed the socket.
        TCP_FIN_WAIT1 | TCP_FIN_WAIT2 | TCP_CLOSING | TCP_LAST_ACK if header.inode != 0 => {}
        // TIME_WAIT or CLOSE; or another socket, such as one that listens at the port of a peer that left.
        _ => return None,
    }
    let received = response.nlas.iter().find_map(|attribute| match attribute {
        Nla::TcpInfo(info) => info.get(BYTES_RECEIVED)?.try_into().ok().map(u64::from_ne_bytes),
        _ => None,
    });
    // An older kernel does not count received bytes; the length of its queue must do.
    Some(Unread { waiting: header.recv_queue, received: received.unwrap_or(u64::MAX) })
}
