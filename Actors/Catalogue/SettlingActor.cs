using Akka.Actor;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// Moves backend entries from the root key to their pools' keys, so that the root stays small. Each step waits until every node has the one before,
/// hence no node ever sees half of an apply: all have the root, then all have the pools' copies, then the root lets go. A step that some node missed
/// ends the attempt; the catalogue actor asks again later. The merge of all keys is the same throughout.
/// </summary>
internal sealed class SettlingActor : ReceiveActor
{
    private static readonly WriteAll EveryNode = new(TimeSpan.FromSeconds(5));

    private readonly IActorRef _replicator;
    private long _attempt;
    private int _unanswered;
    private CatalogueEntries _root = CatalogueEntries.Empty;

    public SettlingActor(IActorRef replicator)
    {
        _replicator = replicator;
        Receive<Settle>(settle =>
        {
            if (_unanswered == 0) Begin(settle.Root);
        });
        Receive<IUpdateResponse>(response => response.Request is Step step && step.Attempt == _attempt, response => Continue(response, (Step)response.Request));
        // Answers of an attempt that was given up.
        Receive<IUpdateResponse>(_ => { });
    }

    public static Props Props(IActorRef replicator) => Akka.Actor.Props.Create(() => new SettlingActor(replicator));

    private void Begin(CatalogueEntries root)
    {
        if (!root.Map.Keys.Any(id => id.Kind == EntryKind.Backend)) return;

        _root = root;
        _attempt++;
        Write(CatalogueKey.Root, root, new Step(_attempt, Stage.RootEverywhere));
    }

    private void Continue(IUpdateResponse answer, Step step)
    {
        _unanswered--;
        if (answer is not UpdateSuccess)
        {
            _attempt++;
            _unanswered = 0;
        }
        else if (_unanswered == 0 && step.Stage == Stage.RootEverywhere)
        {
            foreach (CatalogueEdit copy in Copies(_root)) Write(copy.Key, copy.Entries, new Step(_attempt, Stage.PoolsEverywhere));
        }
        else if (_unanswered == 0 && step.Stage == Stage.PoolsEverywhere)
        {
            Write(CatalogueKey.Root, CatalogueEntries.SettledUpTo(_root), new Step(_attempt, Stage.RootSettled));
        }
    }

    private static IEnumerable<CatalogueEdit> Copies(CatalogueEntries root) =>
        root.Map.Where(pair => pair.Key.Kind == EntryKind.Backend).GroupBy(pair => pair.Key.Pool).Select(pool => CatalogueEdit.Of([.. pool]));

    private void Write(CatalogueKey key, CatalogueEntries entries, Step step)
    {
        _unanswered++;
        _replicator.Tell(Dsl.Update(key, CatalogueEntries.Empty, EveryNode, step, old => old.Merge(entries)));
    }

    /// <param name="Root">The root key as it stands.</param>
    public sealed record Settle(CatalogueEntries Root);

    private enum Stage { RootEverywhere, PoolsEverywhere, RootSettled }

    private sealed record Step(long Attempt, Stage Stage);
}
