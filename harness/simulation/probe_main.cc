#include <chrono>
#include <cstdio>
#include <cstdlib>
#include "harness/simulation/simulation.h"
#include "node/wire/gateway.h"
using namespace tidemark::simulation;
struct Dump : Recorder {
  int64_t from;
  void T(int64_t n) { printf("%.6f ", n/1e6); }
  void Requested(int64_t n, int node, const tidemark::server::ClientRequest& r) override { if (n<from) return; T(n); printf("n%d <- %s %ld kind %zu\n", node+1, r.from.client.c_str(), r.from.msg_id, r.body.index()); }
  void Replied(int64_t n, int node, const tidemark::server::Reply& r) override { if (n<from) return; T(n); printf("n%d -> %s %ld kind %zu\n", node+1, r.to.client.c_str(), r.to.msg_id, r.body.index()); }
  void Msg(const char* w, int64_t n, const tidemark::server::PeerMessage& m) { if (n<from) return; T(n); std::string l; tidemark::wire::AppendPeerMessage(m, &l); printf("%s %s\n", w, l.substr(0,400).c_str()); }
  void Sent(int64_t n, const tidemark::server::PeerMessage& m) override { Msg("sent", n, m); }
  void Delivered(int64_t n, const tidemark::server::PeerMessage& m) override { Msg("arrived", n, m); }
  void Noticed(int64_t n, int node, const tidemark::raft::Notice& x) override { T(n); printf("n%d: %s\n", node+1, x.text.c_str()); }
  void Happened(int64_t n, const std::string& t, const std::string&) override { T(n); printf("*** %s\n", t.c_str()); }
};
int main(int argc, char** argv) {
  uint64_t from = argc > 1 ? strtoull(argv[1], 0, 10) : 1, n = argc > 2 ? strtoull(argv[2], 0, 10) : 10;
  Settings s; s.sim_seconds = argc > 3 ? atoi(argv[3]) : 60; s.nodes = argc > 4 ? atoi(argv[4]) : 0;
  if (argc > 5) s.faults = strtoul(argv[5], 0, 0);
  auto t0 = std::chrono::steady_clock::now();
  Result sum; double us = 0;
  for (uint64_t i = from; i < from + n; ++i) {
    s.seed = i;
    if (n <= 20) { printf("seed %lu\n", i); fflush(stdout); }
    Dump d; d.from = getenv("FROM") ? atof(getenv("FROM"))*1e6 : 0; Result r; if (getenv("FROM")) { Simulation sim(s, &d); r = sim.Run(); } else r = Simulate(s);
    us += r.ended_us; sum.events += r.events; sum.messages += r.messages; sum.elections += r.elections; sum.committed += r.committed;
    sum.clients.ok += r.clients.ok; sum.clients.failed += r.clients.failed; sum.clients.indeterminate += r.clients.indeterminate; sum.clients.session_reads += r.clients.session_reads; sum.clients.invoked += r.clients.invoked; sum.clients.follower_reads += r.clients.follower_reads;
    if (r.violation) { printf("seed %lu at %.3f s: %s: %s\n", i, r.ended_us / 1e6, r.violation->check.c_str(), r.violation->text.c_str()); }
  }
  double el = std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count();
  printf("%.2f s for %.0f sim s = %.0fx; events %lu (%.0f/sim s, %.0f ns each) msgs %lu elections %lu committed %lu invoked %lu ok %lu failed %lu indet %lu session reads %lu (followers %lu)\n", el, us / 1e6, us / 1e6 / el, sum.events, sum.events / (us / 1e6), el * 1e9 / sum.events, sum.messages, sum.elections, sum.committed, sum.clients.invoked, sum.clients.ok, sum.clients.failed, sum.clients.indeterminate, sum.clients.session_reads, sum.clients.follower_reads);
}
