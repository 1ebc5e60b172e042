"""Files, trees and blobs: bytes in and out of folders, safely. Knows nothing of what the bytes mean."""
