"""Airflow 3: the reports that are due, every morning. Put it into the folder of DAGs.

The worker's environment has ZS_ANALYSIS_NOTIFY with one or more addresses.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "zs_analysis_reports",
    schedule="30 6 * * *",
    start_date=datetime(2024, 1, 1),
    # --due itself makes up for mornings that were missed
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="render_due",
        cwd="/srv/zs-analysis",
        bash_command=".venv/bin/zs-analysis render --due --log runs.jsonl --notify change",
        retries=1,
        retry_delay=timedelta(minutes=30),
        execution_timeout=timedelta(hours=2),
    )
