using System.Collections.Immutable;
using System.Text;
using RustyRail.Contract;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>Cuts what is told in one round into batches that stay below 64 KB, long names or not. Pure.</summary>
internal static class Batches
{
    private const int MostBytes = 60_000;

    /// <param name="now">Monotonic seconds: ages travel, not times.</param>
    public static IEnumerable<HeldFlows> Of(string node, long incarnation, long round, Telling telling, IReadOnlyCollection<HeldFlow> flows, uint now)
    {
        var told = ImmutableArray.CreateBuilder<ToldFlow>();
        var backends = ImmutableArray.CreateBuilder<BackendId>();
        Dictionary<BackendId, int> indices = [];
        int part = 0, bytes = 0;
        HeldFlows Take(bool isLast)
        {
            HeldFlows batch = new(node, incarnation, round, part++, isLast, telling, backends.ToImmutable(), told.ToImmutable());
            told.Clear();
            backends.Clear();
            indices.Clear();
            bytes = 0;
            return batch;
        }

        foreach (HeldFlow flow in flows)
        {
            if (bytes >= MostBytes) yield return Take(isLast: false);
            if (!indices.TryGetValue(flow.Backend, out int index))
            {
                indices.Add(flow.Backend, index = backends.Count);
                backends.Add(flow.Backend);
                bytes += 4 + Encoding.UTF8.GetByteCount(flow.Backend.Pool.Name) + Encoding.UTF8.GetByteCount(flow.Backend.Name);
            }

            told.Add(new ToldFlow(flow.Hash, index, flow.Class, flow.State, flow.AgeAt(now)));
            bytes += HeldFlowsCodec.FlowBytes;
        }

        yield return Take(isLast: true);
    }
}
