using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.DistributedData;
using Akka.DistributedData.Durable;
using Akka.Event;
using Akka.Serialization;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>
/// DistributedData's durable store over <see cref="CatalogueStore"/>. What arrives while the disk is busy is written together afterwards, in one
/// transaction; the newest value per key is enough. Named in cluster.conf; made by the replicator.
/// </summary>
internal sealed class SqliteDurableStore : ReceiveActor
{
    private readonly CatalogueStore _store;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<Store> _waiting = [];
    private bool _writing;

    /// <param name="config">Required by DistributedData's protocol; the file comes from <see cref="CatalogueStoreSetup"/>.</param>
    public SqliteDurableStore(Config config)
    {
        _ = config;
        _store = Context.System.Settings.Setup.Get<CatalogueStoreSetup>().Value.Store;

        Receive<LoadAll>(_ => Load());
        Receive<Store>(store =>
        {
            _waiting.Add(store);
            WriteWaiting();
        });
        Receive<Written>(written =>
        {
            _writing = false;
            foreach (StoreReply reply in written.Replies) reply.ReplyTo.Tell(reply.SuccessMessage);
            WriteWaiting();
        });
        Receive<NotWritten>(failed =>
        {
            _writing = false;
            _log.Error("Not stored: {0}", failed.Reason);
            foreach (StoreReply reply in failed.Replies) reply.ReplyTo.Tell(reply.FailureMessage);
            WriteWaiting();
        });
    }

    private void Load()
    {
        ImmutableDictionary<string, DurableDataEnvelope>.Builder loaded = ImmutableDictionary.CreateBuilder<string, DurableDataEnvelope>();
        try
        {
            foreach (StoredEntry entry in _store.LoadEntries())
            {
                loaded.Add(entry.Key, (DurableDataEnvelope)Context.System.Serialization.Deserialize(entry.Payload, entry.SerializerId, entry.Manifest));
            }
        }
        catch (Exception cause)
        {
            // The one exception the replicator understands: it stops, and with it this incarnation of the ActorSystem.
            throw new LoadFailedException($"catalogue {_store.Path}: {cause.Message}", cause);
        }

        if (loaded.Count > 0) Sender.Tell(new LoadData(loaded.ToImmutable()));
        Sender.Tell(LoadAllCompleted.Instance);
    }

    private void WriteWaiting()
    {
        if (_writing || _waiting.Count == 0) return;

        StoreReply[] replies = [.. _waiting.Select(store => store.Reply).Where(reply => reply is not null)];
        (StoredEntry, IReplicatedData?)[] rows = [.. _waiting.GroupBy(store => store.Key).Select(ofKey => Row(ofKey.Last()))];
        _waiting.Clear();
        _writing = true;
        Task.Run(() => _store.Save(rows)).PipeTo(Self, Self, success: () => new Written(replies), failure: cause => new NotWritten(replies, cause.Message));
    }

    private static (StoredEntry Entry, IReplicatedData? Value) Row(Store store)
    {
        Serializer serializer = Context.System.Serialization.FindSerializerFor(store.Data);
        string manifest = Akka.Serialization.Serialization.ManifestFor(serializer, store.Data);
        return (new StoredEntry(store.Key, serializer.Identifier, manifest, serializer.ToBinary(store.Data)), store.Data.Data);
    }

    private sealed record Written(StoreReply[] Replies);

    private sealed record NotWritten(StoreReply[] Replies, string Reason);
}
