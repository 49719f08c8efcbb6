"""What a camera's path shows of the scene, and which views it needs: from geometry, nothing is rendered."""
