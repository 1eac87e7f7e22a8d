/**
 * Times Dyad beside its peers: {@code ./dyad bench}. Start at {@link
 * io.github.dyad.bench.BenchCommand}.
 *
 * <p>Every class here keeps: both sides get the same weights and inputs from one file, do the same
 * number of steps in turn, and their losses are compared. A peer is a process of its own that
 * speaks the protocol at the top of {@code src/bench/peer_pytorch.py}; a new one is a constant of
 * {@link io.github.dyad.bench.PeerKind}.
 */
package io.github.dyad.bench;
