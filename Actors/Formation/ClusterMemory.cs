using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RustyRail.Contract.Hashing;

namespace RustyRail.Actors.Formation;

/// <summary>What this node knows of its cluster from one incarnation to the next. Thread-safe.</summary>
/// <param name="key">Null: this node has been in no cluster yet.</param>
/// <param name="store">Makes a key durable; throws if it cannot.</param>
public sealed class ClusterMemory(FlowHashKey? key, Action<FlowHashKey> store)
{
    private readonly Lock _gate = new();
    private FlowHashKey? _key = key;
    private volatile int _catalogueFormat = ClusterFormat.Oldest;

    /// <summary>The cluster's key. Without one nothing can be forwarded, and this node waits at the door.</summary>
    public FlowHashKey? Key
    {
        get
        {
            lock (_gate) return _key;
        }
    }

    /// <summary>The oldest format (<see cref="ClusterFormat"/>) in which the catalogue can be said. Whoever knows less is no peer.</summary>
    internal int CatalogueFormat
    {
        get => _catalogueFormat;
        set => _catalogueFormat = value;
    }

    /// <summary>This process has begun a new cluster: its catalogue may be filled.</summary>
    public bool HasFounded { get; private set; }

    public static ClusterMemory Of(FlowHashKey key) => new(key, _ => { });

    /// <summary>Takes the key that was handed over.</summary>
    public void Adopt(FlowHashKey key)
    {
        lock (_gate)
        {
            if (_key is not null) return;
            store(key);
            _key = key;
        }
    }

    public void Found()
    {
        Adopt(new FlowHashKey(RandomNumber(), RandomNumber(), FlowHashKey.MultiplyMix));
        HasFounded = true;
    }

    /// <summary>Tells keys apart without telling them.</summary>
    public static string FingerprintOf(FlowHashKey? key) => key is not { } known ? "" : Convert.ToHexStringLower(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"rustyrail {known.Algorithm} {known.Key0:x16} {known.Key1:x16}"))).AsSpan(0, 8));

    private static ulong RandomNumber() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
