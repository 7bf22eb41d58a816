using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

/// <summary>argv or envp for the kernel, outside of the collected heap.</summary>
internal sealed unsafe class NullTerminatedStrings : IDisposable
{
    private readonly int _count;
    private byte** _pointers;

    public NullTerminatedStrings(IReadOnlyList<string> strings)
    {
        _count = strings.Count;
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            _pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
    }

    public byte** Pointers => _pointers;

    public byte* First => _pointers[0];

    public void Dispose()
    {
        if (_pointers is null)
        {
            return;
        }

        for (int i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)_pointers[i]);
        }

        NativeMemory.Free(_pointers);
        _pointers = null;
    }
}
