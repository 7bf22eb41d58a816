using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// Bound to System.Object in place of Akka's JSON: a message that nobody gave a format must fail where it is sent, not be guessed by the receiver.
/// </summary>
internal sealed class NoFallbackSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public const int Id = 118;

    public override int Identifier => Id;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        throw new NotSupportedException($"{obj.GetType()} has no serializer: it must not leave this process");
    }

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{type} has no serializer");
}
