using Akka.DistributedData;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>One key's row: what DistributedData gave, in its own serializer's bytes. Only by manifest can these be read again.</summary>
internal sealed record StoredEntry(string Key, int SerializerId, string Manifest, byte[] Payload);

/// <summary>An edit that an operator was told is stored, before its key's row contains it.</summary>
internal sealed record AcceptedEdit(long Id, string Key, IReplicatedData Value);
