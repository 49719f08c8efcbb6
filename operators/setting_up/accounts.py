# mypy: disable-error-code="valid-type"
"""Accounts with providers, and orders whose answer was lost."""

from pathlib import Path

import bpy
from bpy.app.translations import pgettext_rpt as rpt_
from bpy.props import StringProperty

from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.app.state import UNCERTAIN, Job
from ...scene.session.server import connection
from ...scene.session.server.accounts import accounts
from ..report import attempt


class AccountsOperator:
    """An operator that starts one of the commands."""

    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if not accounts().busy:
            return True
        cls.poll_message_set("An account or a workflow is being worked on")  # type: ignore[attr-defined]
        return False


class TAKEONE_OT_account_add(AccountsOperator, bpy.types.Operator):
    """Add an account: its key is tested, and kept in the system's keyring"""

    bl_idname = "takeone.account_add"
    bl_label = "Add Account"

    provider: StringProperty(name="Provider", description="Name of the provider", options={"SKIP_SAVE"})
    key: StringProperty(
        name="Key",
        description="The account's API key. Kept in the system's keyring, never in Blender's files",
        subtype="PASSWORD",
        options={"SKIP_SAVE"},
    )
    address: StringProperty(
        name="Address",
        description="Another address than the provider's own, such as a region's. Empty: its own",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self, width=460, confirm_text="Test and Add")

    def draw(self, _context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(self, "key")
        column.prop(self, "address", placeholder="https://")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self.add)

    def add(self) -> None:
        """Begin. Raises SceneError where the key or the address is missing."""
        known = next((one for one in accounts().state.accounts if one.provider == self.provider), None)
        key, self.key = self.key.strip(), ""  # so that no operator history holds it
        address = self.address.strip()
        if known is not None and known.own_address and not address:
            raise SceneError("bad_address", "Say where the server is, such as http://192.168.1.20:8000.", "")
        if not key and not (known is not None and known.keyless):
            raise SceneError("no_key", "Enter the account's key.", "")
        accounts().add(self.provider, key, address)


class TAKEONE_OT_workflow_add(AccountsOperator, bpy.types.Operator):
    """Make an engine of a workflow of your own: a file from ComfyUI's Export (API)"""

    bl_idname = "takeone.workflow_add"
    bl_label = "Add Workflow"

    filepath: StringProperty(name="File", description="The workflow's file", subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})
    provider: StringProperty(name="Provider", description="Name of the provider", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self.add)

    def add(self) -> None:
        """Begin. Raises SceneError where there is no such file."""
        file = Path(bpy.path.abspath(self.filepath))
        if not file.is_file():
            raise SceneError("no_file", rpt_("There is no file {path}.").format(path=file), "")
        accounts().add_workflow(self.provider or file.stem, file)


class TAKEONE_OT_workflow_remove(AccountsOperator, bpy.types.Operator):
    """Forget this workflow. Takes that were made with it stay, and its file too"""

    bl_idname = "takeone.workflow_remove"
    bl_label = "Remove Workflow"

    provider: StringProperty(name="Provider", description="Name of the provider", options={"SKIP_SAVE"})
    workflow: StringProperty(name="Workflow", description="Name of the workflow", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        accounts().remove_workflow(self.provider, self.workflow)
        return {"FINISHED"}


class TAKEONE_OT_account_test(AccountsOperator, bpy.types.Operator):
    """Ask the provider whether the key is good, and what it may use"""

    bl_idname = "takeone.account_test"
    bl_label = "Test Account"

    provider: StringProperty(name="Provider", description="Name of the provider", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        accounts().test(self.provider)
        return {"FINISHED"}


class TAKEONE_OT_account_remove(AccountsOperator, bpy.types.Operator):
    """Forget this account, and its key in the system's keyring. Takes under way can no longer be fetched"""

    bl_idname = "takeone.account_remove"
    bl_label = "Remove Account"

    provider: StringProperty(name="Provider", description="Name of the provider", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        accounts().remove(self.provider)
        return {"FINISHED"}


class TAKEONE_OT_accounts_refresh(AccountsOperator, bpy.types.Operator):
    """Look which accounts there are on this computer"""

    bl_idname = "takeone.accounts_refresh"
    bl_label = "Look for Accounts"

    def execute(self, _context: bpy.types.Context) -> set[str]:
        accounts().refresh()
        return {"FINISHED"}


class UncertainOperator:
    """An operator for an order whose answer was lost."""

    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if any(job.status == UNCERTAIN for job in app().state.jobs.values()):
            return True
        cls.poll_message_set("No order is uncertain")  # type: ignore[attr-defined]
        return False

    def found(self) -> Job:
        """The job. Raises SceneError where it is no uncertain one (any more)."""
        key = self.job or next(key for key, job in app().state.jobs.items() if job.status == UNCERTAIN)  # type: ignore[attr-defined]
        job = app().state.jobs.get(key)
        if job is None or job.status != UNCERTAIN:
            raise SceneError("no_job", "This order is not uncertain any more", "")
        return job

    def again(self, send: bool) -> None:
        """Have the backend go on with it."""
        job = self.found()
        app().state.fixed("send_again")
        del app().state.jobs[job.key]
        app().state.changed()
        connection.session().retry(job.key, send)


class TAKEONE_OT_look_again(UncertainOperator, bpy.types.Operator):
    """Look for the order at its provider once more. Nothing is sent, and nothing paid"""

    bl_idname = "takeone.look_again"
    bl_label = "Look Again"

    job: StringProperty(name="Job", description="Key of the job. Empty: the first uncertain one", options={"SKIP_SAVE"})

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.again(False))


class TAKEONE_OT_send_again(UncertainOperator, bpy.types.Operator):
    """Send the order once more. If the provider has the first one after all, both are paid"""

    bl_idname = "takeone.send_again"
    bl_label = "Send Again"

    job: StringProperty(name="Job", description="Key of the job. Empty: the first uncertain one", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if bpy.app.background:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title=rpt_("Send it again?"),
            message=rpt_("If the provider has the first one after all, both are paid."),
            confirm_text=rpt_("Send Again"),
        )

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: self.again(True))


CLASSES = (
    TAKEONE_OT_account_add,
    TAKEONE_OT_account_test,
    TAKEONE_OT_account_remove,
    TAKEONE_OT_accounts_refresh,
    TAKEONE_OT_workflow_add,
    TAKEONE_OT_workflow_remove,
    TAKEONE_OT_look_again,
    TAKEONE_OT_send_again,
)
