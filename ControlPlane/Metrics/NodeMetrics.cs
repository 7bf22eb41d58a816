using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Metrics;

/// <summary>What <c>status</c>, <c>services</c> and <c>backends</c> tell, for a monitoring system; docs/operations/metrics.md explains each.</summary>
internal static class NodeMetrics
{
    public static Exposition Of(NodeStatus status, IReadOnlyCollection<ServiceStatus> services, IReadOnlyCollection<BackendStatus> backends)
    {
        Exposition metrics = new();
        AddNode(metrics, status);
        AddTraffic(metrics, status.Traffic);
        if (status.Exceptions is { } exceptions) AddExceptions(metrics, exceptions);
        AddServices(metrics, services);
        AddBackends(metrics, backends);
        return metrics;
    }

    private static void AddNode(Exposition metrics, NodeStatus status)
    {
        metrics.Gauges("info", "Always 1.", ["node", "version", "port", "device"], [status], of => [of.Node, of.Version, of.Dataplane.Port, of.Dataplane.Device], _ => 1);
        metrics.Gauge("ready", "1: takes traffic.", status.Ready ? 1 : 0);
        metrics.Gauge("stale", "1: some member is unreachable.", status.Stale ? 1 : 0);
        metrics.Gauge("problems", "Lines under problems in status.", status.Problems.Length);
        metrics.Gauge("generation", "Of the published tables.", status.Generation);
        metrics.Gauge("dataplane_alive", "1: the dataplane runs.", status.Dataplane.Alive ? 1 : 0);
        metrics.Gauges("cluster_members", "Members by status.", ["status"], status.Cluster.Members.GroupBy(member => member.Status), of => [of.Key], of => of.Count());
        metrics.Counter("control_processor_seconds_total", "Processor time of the control plane.", status.ControlPlane.ProcessorMs / 1000.0);
        metrics.Gauge("control_resident_bytes", "Memory of the control plane, touched parts of the shared region included.", status.ControlPlane.ResidentBytes);
    }

    private static void AddTraffic(Exposition metrics, TrafficStatus traffic)
    {
        (string Fate, ulong Packets)[] fates = [("forwarded", traffic.Forwarded), ("host", traffic.Host), ("answered", traffic.Answered), ("dropped", traffic.Dropped)];
        metrics.Counter("received_packets_total", "Packets taken from the port: the sum of rustyrail_packets_total.", traffic.Received);
        metrics.Counters("packets_total", "Packets by what became of them.", ["verdict"], fates, of => [of.Fate], of => of.Packets);
        metrics.Counters("not_forwarded_packets_total", "Packets for the host, answered or dropped, by reason.", ["reason"], traffic.Reasons, of => [of.Key], of => of.Value);
        metrics.Counter("port_dropped_packets_total", "Lost before the dataplane saw them: the port's queue was full.", traffic.PortDropped);
        metrics.Counter("received_bytes_total", "Bytes of received frames.", traffic.ReceivedBytes);
        metrics.Counter("forwarded_bytes_total", "Bytes of forwarded frames.", traffic.ForwardedBytes);
        metrics.Counter("flow_hits_total", "Packets whose flow was known.", traffic.FlowHits);
        metrics.Counter("flow_misses_total", "Packets whose flow was not known.", traffic.FlowMisses);
        metrics.Counter("flows_inserted_total", "Flows written down.", traffic.FlowsInserted);
        metrics.Counter("flows_expired_total", "Flows idle for too long.", traffic.FlowsExpired);
        metrics.Counter("flows_displaced_total", "Live flows that gave way to others: the table is too small.", traffic.FlowsDisplaced);
        metrics.Counter("flows_not_inserted_total", "New flows beyond the cap, as in a flood.", traffic.FlowsNotInserted);
        metrics.Counter("exception_hits_total", "New flows that another node had told of.", traffic.ExceptionHits);
    }

    private static void AddExceptions(Exposition metrics, ExceptionStatus exceptions)
    {
        metrics.Gauge("exceptions_held", "Connections of this node that it tells its peers.", exceptions.Held);
        metrics.Gauge("exceptions_known", "Connections of others that this node was told of.", exceptions.Known);
        metrics.Gauge("exceptions_placed", "Of those, how many steer packets here.", exceptions.Placed);
        metrics.Gauge("exceptions_capacity", "How many find room.", exceptions.Capacity);
        metrics.Gauge("exceptions_peers", "Reachable nodes that are told.", exceptions.Peers);
        metrics.Counter("exceptions_sent_total", "Told to peers, by this process.", exceptions.Sent);
        metrics.Counter("exceptions_received_total", "Told by peers, to this process.", exceptions.Received);
        metrics.Counter("exceptions_overflowed_total", "Times that one found no room, in this process.", exceptions.Overflowed);
        metrics.Gauge("exceptions_last_scan_seconds", "Reading the flow tables, the last time.", exceptions.LastScanMs / 1000);
        if (exceptions.LastSyncMs is { } sync) metrics.Gauge("exceptions_last_sync_seconds", "From a publication until every reachable peer knew, the last time.", sync / 1000);
    }

    private static void AddServices(Exposition metrics, IReadOnlyCollection<ServiceStatus> services)
    {
        string[] labels = ["service", "vip", "protocol", "port"];
        static string[] LabelsOf(ServiceStatus service) => [service.Name, service.Vip, service.Protocol, service.Port];
        metrics.Counters("service_packets_total", "Forwarded packets.", labels, services, LabelsOf, of => of.Packets);
        metrics.Counters("service_bytes_total", "Forwarded bytes.", labels, services, LabelsOf, of => of.Bytes);
        metrics.Counters("service_new_flows_total", "Flows that no node knew.", labels, services, LabelsOf, of => of.NewFlows);
        metrics.Gauges("service_backends", "Backends of its pool.", labels, services, LabelsOf, of => of.Backends);
        metrics.Gauges("service_backends_up", "Of those, how many are not down.", labels, services, LabelsOf, of => of.BackendsUp);
    }

    private static void AddBackends(Exposition metrics, IReadOnlyCollection<BackendStatus> backends)
    {
        string[] labels = ["pool", "backend"];
        static string[] LabelsOf(BackendStatus backend) => [backend.Pool, backend.Name];
        metrics.Counters("backend_packets_total", "Forwarded packets.", labels, backends, LabelsOf, of => of.Packets);
        metrics.Counters("backend_bytes_total", "Forwarded bytes.", labels, backends, LabelsOf, of => of.Bytes);
        metrics.Counters("backend_new_flows_total", "Flows that no node knew.", labels, backends, LabelsOf, of => of.NewFlows);
        metrics.Gauges("backend_up", "0: its health check fails.", labels, backends, LabelsOf, of => of.Health == "down" ? 0 : 1);
        metrics.Gauges("backend_weight", "Its share of new flows; 0: draining.", labels, backends, LabelsOf, of => of.State == "active" ? of.Weight : 0);
    }
}
