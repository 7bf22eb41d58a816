using RustyRail.Contract;
using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Reference;

/// <summary>
/// Which backend a flow's next packet may go to: flows in a dictionary, without caches, buckets or slots. Where the rules leave the moment open (an
/// idle flow may be swept or not yet) it follows all that may be the case, until a packet shows what is.
/// </summary>
/// <param name="remembers">False: of a balancer that sees a single snapshot, where the table alone says it all.</param>
internal sealed class FlowBook(bool remembers)
{
    private const int StepMilliseconds = 4000;

    private static readonly Known[] _nothing = [default];

    private readonly Dictionary<FlowName, Known[]> _flows = [];

    /// <summary>Flows whose backend takes none, or whose service is gone, may be swept before the next snapshot.</summary>
    public void Adopt(JudgedCatalogue catalogue)
    {
        foreach ((FlowName flow, Known[] known) in _flows)
        {
            bool isServed = flow.ByAddress is null || Array.Exists(catalogue.Services, service => service.Id.Name == flow.ByAddress);
            if (!isServed || Array.Exists(known, one => KeeperOf(catalogue, one) == JudgedCatalogue.None)) _flows[flow] = [.. known.Union(_nothing)];
        }
    }

    /// <summary>Whether a packet of that flow may go to <paramref name="claimed"/> (None: nowhere), which is believed then.</summary>
    public bool Take(JudgedCatalogue catalogue, in FlowName flow, int inTable, int claimed, int tcpFlags, long now)
    {
        if (!remembers) return claimed == inTable;
        long step = now / StepMilliseconds;
        List<Known> next = [];
        foreach (Known known in Recall(flow, step))
        {
            int kept = KeeperOf(catalogue, known);
            bool isKept = kept != JudgedCatalogue.None && !(known.State == FlowState.Closing && (tcpFlags & Control.Syn) != 0);
            int backend = isKept ? kept : inTable;
            if (backend != claimed) continue;
            // What finds no backend leaves no trace.
            next.Add(backend == JudgedCatalogue.None ? known
                : new(catalogue.Backends[backend].Id, isKept ? States.After(known.State, tcpFlags, flow.Class) : States.OfNew(tcpFlags, flow.Class), step));
        }

        if (next.Count == 0) return false;
        _flows[flow] = [.. next.Distinct()];
        return true;
    }

    /// <summary>The same for a packet that leaves no trace: an error, a fragment without ports.</summary>
    public bool MayFollow(JudgedCatalogue catalogue, in FlowName flow, int inTable, int claimed, long now)
    {
        if (!remembers) return claimed == inTable;
        foreach (Known known in Recall(flow, now / StepMilliseconds))
        {
            int kept = KeeperOf(catalogue, known);
            if (claimed == (kept == JudgedCatalogue.None ? inTable : kept)) return true;
        }

        return false;
    }

    private Known[] Recall(in FlowName flow, long step)
    {
        if (!_flows.TryGetValue(flow, out Known[]? known)) return _nothing;
        FlowClass flowClass = flow.Class;
        return Array.Exists(known, one => step - one.Step > FlowClock.IdleLimit(flowClass, one.State)) ? [.. known.Union(_nothing)] : known;
    }

    private static int KeeperOf(JudgedCatalogue catalogue, Known known)
    {
        for (int i = 0; i < catalogue.Backends.Length; i++)
        {
            if (catalogue.Backends[i].Id == known.Backend) return catalogue.Backends[i].TakesEstablished ? i : JudgedCatalogue.None;
        }

        return JudgedCatalogue.None;
    }

    /// <param name="Backend">Null: the flow is unknown.</param>
    private readonly record struct Known(BackendId? Backend, FlowState State, long Step);
}
